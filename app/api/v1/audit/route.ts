import { auditQuery } from '#lib/api/audit.ts';
import { parseQuery, respond } from '#server/http/respond.ts';
import { runtime } from '#server/http/runtime.ts';
import { readAudit } from '#server/queries/audit.ts';

export function GET(request: Request): Promise<Response> {
  return respond(() => readAudit(runtime(), parseQuery(request, auditQuery)));
}
