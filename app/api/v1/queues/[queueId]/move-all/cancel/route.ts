import { callerOf } from '#server/http/caller.ts';
import { cancelMoveAll } from '#server/http/move-all-actions.ts';
import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request, { params }: { params: Promise<{ queueId: string }> }): Promise<Response> {
  return respond(async () => cancelMoveAll(runtime(), (await params).queueId, callerOf(request)), 202);
}
