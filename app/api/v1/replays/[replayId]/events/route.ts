import { streamReplay } from '#server/http/live-events.ts';
import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(request: Request, { params }: { params: Promise<{ replayId: string }> }): Promise<Response> {
  return respond(async () => streamReplay(runtime(), request, (await params).replayId));
}
