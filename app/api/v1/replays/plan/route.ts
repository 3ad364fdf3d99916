import { planBody } from '#lib/api/replays.ts';
import { callerOf } from '#server/http/caller.ts';
import { planReplay } from '#server/http/replay-actions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request): Promise<Response> {
  return respond(async () => planReplay(runtime(), await parseBody(request, planBody), callerOf(request)), 201);
}
