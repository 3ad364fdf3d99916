import { facetsQuery } from '#lib/api/timeline.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readFacets } from '#server/queries/facets.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readFacets(runtime(), parseQuery(request, facetsQuery)));
}
