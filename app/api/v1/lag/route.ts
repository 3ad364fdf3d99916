import { lagQuery } from '#lib/api/lag.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readLag } from '#server/queries/lag.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readLag(runtime(), parseQuery(request, lagQuery)));
}
