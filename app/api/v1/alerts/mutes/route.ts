import { muteBody } from '#lib/api/alerts.ts';
import { muteAlerts } from '#server/http/alert-actions.ts';
import { callerOf } from '#server/http/caller.ts';
import { parseBody, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function POST(request: Request): Promise<Response> {
  return respond(async () => muteAlerts(runtime(), await parseBody(request, muteBody), callerOf(request)), 201);
}
