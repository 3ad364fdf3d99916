import { syncBody } from '#lib/api/queues.ts';
import { callerOf } from '#server/http/caller.ts';
import { syncQueue } from '#server/http/queue-actions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request, { params }: { params: Promise<{ queueId: string }> }): Promise<Response> {
  return respond(async () => {
    const { insist } = await parseBody(request, syncBody);
    return syncQueue(runtime(), (await params).queueId, insist, callerOf(request));
  }, 202);
}
