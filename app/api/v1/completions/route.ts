import { completionsQuery } from '#lib/api/completions.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readCompletions } from '#server/queries/completions.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readCompletions(runtime(), parseQuery(request, completionsQuery)));
}
