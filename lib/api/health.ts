import { z } from 'zod';
import { brokerKind, errorRecord, instant } from '#lib/api/common.ts';

/** `unknown`: nobody looks, because the engine is silent. */
const connectionState = z.enum(['starting', 'live', 'failing', 'not-started', 'unknown']);

/** GET /api/health; 503 with the same body when the status is `failing`. */
export const healthResponse = z.object({
  status: z.enum(['ok', 'failing']),
  version: z.string(),
  engine: z.enum(['live', 'silent']),
  /** `live`, or why the store does not answer. */
  store: z.string(),
  /** The state of each connection by its name. */
  connections: z.record(z.string(), connectionState),
  details: z
    .array(
      z.object({
        name: z.string(),
        kind: brokerKind,
        state: connectionState,
        /** What it is doing, or why it does not work; `null` where it is live. */
        reason: z.string().nullable(),
        code: errorRecord.shape.code.nullable(),
        /** Since when it has been in this state, as far as this process knows. */
        since: instant.nullable(),
        checkedAt: instant.nullable(),
      }),
    )
    .readonly(),
});
export type HealthResponse = z.infer<typeof healthResponse>;

/** GET /api/health/live */
export const livenessResponse = z.object({ status: z.literal('ok'), version: z.string() });

/** GET /api/health/ready; 503 with the same body when it is not. */
export const readinessResponse = z.object({
  status: z.enum(['ready', 'waiting']),
  /** What is missing, a sentence each. */
  waitingFor: z.array(z.string()).readonly(),
});
export type ReadinessResponse = z.infer<typeof readinessResponse>;
