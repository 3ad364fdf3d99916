import { plainReplayBody } from '#lib/api/replays.ts';
import { callerOf } from '#server/http/caller.ts';
import { replayPlain } from '#server/http/plain-dlq.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request, { params }: { params: Promise<{ topic: string }> }): Promise<Response> {
  return respond(async () =>
    replayPlain(runtime(), (await params).topic, await parseBody(request, plainReplayBody), callerOf(request)),
  );
}
