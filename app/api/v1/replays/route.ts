import { confirmBody, replaysQuery } from '#lib/api/replays.ts';
import { callerOf } from '#server/http/caller.ts';
import { confirmReplay } from '#server/http/replay-actions.ts';
import { parseBody, parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readReplays } from '#server/queries/replays.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readReplays(runtime(), parseQuery(request, replaysQuery)));
}

export function POST(request: Request): Promise<Response> {
  return respond(async () => confirmReplay(runtime(), await parseBody(request, confirmBody), callerOf(request)), 202);
}
