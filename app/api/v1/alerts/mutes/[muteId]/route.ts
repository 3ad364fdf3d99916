import { liftMute } from '#server/http/alert-actions.ts';
import { callerOf } from '#server/http/caller.ts';
import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function DELETE(request: Request, { params }: { params: Promise<{ muteId: string }> }): Promise<Response> {
  return respond(async () => liftMute(runtime(), (await params).muteId, callerOf(request)));
}
