import { z } from 'zod';
import { errorRecord, instant } from '#lib/api/common.ts';
import { severities } from '#lib/alerts/rule.ts';
import { riskKinds } from '#lib/risks/risk.ts';

export const riskView = z.object({
  kind: z.enum(riskKinds),
  severity: z.enum(severities),
  connection: z.string(),
  queue: z.string(),
  isDeadLetterQueue: z.boolean(),
  sentence: z.string(),
  why: z.string(),
  remedy: z.object({ text: z.string(), code: z.string().nullable() }),
});
export type RiskView = z.infer<typeof riskView>;

/** What was found on one connection. It stays when a later look fails. */
export const connectionRisks = z.object({
  connection: z.string(),
  /** When that was looked at; `null` before the first time. */
  at: instant.nullable(),
  tookMs: z.number().nullable(),
  /** So many queues and topics were looked at. */
  queues: z.number().int(),
  /** The worst first. */
  risks: z.array(riskView).readonly(),
  /** So many more there are, and are not listed. */
  further: z.number().int(),
  /** What could not be learned. */
  notes: z.array(z.string()).readonly(),
  /** Why the newest look failed, and since when they do. */
  failing: z.object({ error: errorRecord, since: instant }).nullable(),
});
export type ConnectionRisks = z.infer<typeof connectionRisks>;

/** GET risks. */
export const risksResponse = z.object({ connections: z.array(connectionRisks).readonly() });
export type RisksResponse = z.infer<typeof risksResponse>;
