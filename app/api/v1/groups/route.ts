import { groupsQuery } from '#lib/api/groups.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readGroups } from '#server/queries/groups.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readGroups(runtime(), parseQuery(request, groupsQuery)));
}
