import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readReplay } from '#server/queries/replays.ts';

export function GET(_request: Request, { params }: { params: Promise<{ replayId: string }> }): Promise<Response> {
  return respond(async () => readReplay(runtime(), (await params).replayId));
}
