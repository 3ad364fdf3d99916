import { moveAllBody } from '#lib/api/move-all.ts';
import { callerOf } from '#server/http/caller.ts';
import { readMoveAll, startMoveAll } from '#server/http/move-all-actions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

interface Context {
  readonly params: Promise<{ readonly queueId: string }>;
}

export function GET(request: Request, { params }: Context): Promise<Response> {
  return respond(async () => readMoveAll(runtime(), (await params).queueId, callerOf(request)));
}

export function POST(request: Request, { params }: Context): Promise<Response> {
  return respond(async () => {
    const body = await parseBody(request, moveAllBody);
    return startMoveAll(runtime(), (await params).queueId, body, callerOf(request));
  }, 202);
}
