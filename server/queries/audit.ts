import type { z } from 'zod';
import type { auditQuery, auditResponse } from '#lib/api/audit.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** What people did, newest first. */
export async function readAudit(
  { store, masking }: Runtime,
  query: z.output<typeof auditQuery>,
): Promise<z.input<typeof auditResponse>> {
  const entries = await store.ledger.listAudit({ limit: query.limit, before: query.before ?? null });
  const text = (reason: string | null) => (reason === null ? null : (masking?.text(reason) ?? reason));
  return { entries: entries.map((entry) => ({ ...entry, reason: text(entry.reason) })) };
}
