import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readOverview } from '#server/queries/overview.ts';

export function GET(): Promise<Response> {
  return respond(() => readOverview(runtime()));
}
