import { callerOf } from '#server/http/caller.ts';
import { deleteRedirect } from '#server/http/redirect-actions.ts';
import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function DELETE(request: Request, { params }: { params: Promise<{ redirectId: string }> }): Promise<Response> {
  return respond(async () => deleteRedirect(runtime(), (await params).redirectId, callerOf(request)));
}
