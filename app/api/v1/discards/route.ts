import { discardBody } from '#lib/api/discards.ts';
import { callerOf } from '#server/http/caller.ts';
import { planDiscard } from '#server/http/discard-actions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request): Promise<Response> {
  return respond(async () => planDiscard(runtime(), await parseBody(request, discardBody), callerOf(request)), 201);
}
