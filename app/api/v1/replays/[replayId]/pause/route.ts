import { callerOf } from '#server/http/caller.ts';
import { commandReplay } from '#server/http/replay-actions.ts';
import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request, { params }: { params: Promise<{ replayId: string }> }): Promise<Response> {
  return respond(async () => commandReplay(runtime(), (await params).replayId, 'pause', callerOf(request)));
}
