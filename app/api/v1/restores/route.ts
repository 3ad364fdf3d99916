import { restoreBody } from '#lib/api/discards.ts';
import { callerOf } from '#server/http/caller.ts';
import { planRestore } from '#server/http/discard-actions.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request): Promise<Response> {
  return respond(async () => planRestore(runtime(), await parseBody(request, restoreBody), callerOf(request)), 201);
}
