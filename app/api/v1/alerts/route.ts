import { respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readAlerts } from '#server/queries/alerts.ts';

export function GET(): Promise<Response> {
  return respond(() => readAlerts(runtime()));
}
