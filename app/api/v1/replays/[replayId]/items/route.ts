import { itemsQuery } from '#lib/api/replays.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readReplayItems } from '#server/queries/replays.ts';

export function GET(request: Request, { params }: { params: Promise<{ replayId: string }> }): Promise<Response> {
  return respond(async () => readReplayItems(runtime(), (await params).replayId, parseQuery(request, itemsQuery)));
}
