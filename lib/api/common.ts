import { z } from 'zod';
import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import { errorCodes } from '#lib/domain/errors.ts';

/** What a JavaScript date can be (ECMA-262, "Time Values and Time Range"). */
const instantMax = 8.64e15;

/** Epoch milliseconds, UTC. */
export const instant = z.number().int().min(-instantMax).max(instantMax);

/** The same in a query string. */
export const instantParameter = z.coerce.number().int().min(-instantMax).max(instantMax);

export const brokerKind = z.enum(['kafka', 'rabbitmq', 'sqs']);

export const deadLetterState = z.enum(deadLetterStates);

export const errorRecord = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  details: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()).readonly()]))
    .optional(),
});

/** RFC 9457, with our code. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.enum(errorCodes),
  details: errorRecord.shape.details,
});
export type Problem = z.infer<typeof problem>;

export const destination = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('kafka'), topic: z.string(), partition: z.number().int().nullable() }),
  z.object({ kind: z.literal('rabbitmq'), exchange: z.string(), routingKey: z.string() }),
  z.object({ kind: z.literal('sqs'), queue: z.string() }),
]);
