import { exportsQuery } from '#lib/api/views.ts';
import { callerOf } from '#server/http/caller.ts';
import { exportResponse } from '#server/http/export-response.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => exportResponse(runtime(), parseQuery(request, exportsQuery), callerOf(request)));
}
