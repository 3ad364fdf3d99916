import { timelineQuery } from '#lib/api/timeline.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readTimeline } from '#server/queries/timeline.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readTimeline(runtime(), parseQuery(request, timelineQuery)));
}
