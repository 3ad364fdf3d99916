import { decisionsBody } from '#lib/api/replays.ts';
import { callerOf } from '#server/http/caller.ts';
import { decideUnknown } from '#server/http/item-decisions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request, { params }: { params: Promise<{ replayId: string }> }): Promise<Response> {
  return respond(async () =>
    decideUnknown(runtime(), (await params).replayId, await parseBody(request, decisionsBody), callerOf(request)),
  );
}
