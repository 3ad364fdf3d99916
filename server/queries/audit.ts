import type { z } from 'zod';
import type { auditQuery, auditResponse } from '#lib/api/audit.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** What people did, newest first. */
export async function readAudit(
  { store }: Runtime,
  query: z.output<typeof auditQuery>,
): Promise<z.input<typeof auditResponse>> {
  return { entries: await store.ledger.listAudit({ limit: query.limit, before: query.before ?? null }) };
}
