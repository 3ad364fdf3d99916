import { z } from 'zod';
import { brokerKind, deadLetterState, errorRecord, instant } from '#lib/api/common.ts';

const readCost = z.object({
  code: z.enum([
    'raises-receive-count',
    'hides-messages',
    'sets-redelivered',
    'uses-delivery-limit',
    'heads-of-groups',
    'samples',
    'newest-only',
  ]),
  text: z.string(),
  readsLeft: z.number().int().optional(),
});

const capabilities = z.object({
  browse: z.enum(['log', 'lease', 'hold']),
  remove: z.boolean(),
  order: z.enum(['partition', 'group', 'queue', 'none']),
  costs: z.array(readCost).readonly(),
  description: z.string(),
});

const refusal = z.object({
  code: z.enum(['delivery-limit', 'redrive-policy', 'single-active-consumer', 'exclusive-consumer', 'unreadable']),
  reason: z.string(),
  remedy: z.string(),
  canInsist: z.boolean(),
});

const readerState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('waiting') }),
  z.object({ kind: z.literal('syncing'), read: z.number(), of: z.number().nullable(), exact: z.boolean() }),
  z.object({ kind: z.literal('live') }),
  z.object({ kind: z.literal('partial'), seen: z.number(), of: z.number(), reason: z.string() }),
  z.object({ kind: z.literal('refused'), refusal }),
  z.object({ kind: z.literal('failing'), error: errorRecord, since: instant }),
  z.object({ kind: z.literal('missing') }),
]);

const retention = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('for'), ms: z.number(), bound: z.enum(['exact', 'at-least']) }),
  z.object({ kind: z.literal('unlimited') }),
  z.object({ kind: z.literal('untold') }),
]);

/** When the broker deletes a message by itself; `at-least`: no earlier, perhaps later. */
export const expiry = z.object({ at: instant, bound: z.enum(['exact', 'at-least']) });

export const queue = z.object({
  id: z.string(),
  connection: z.string(),
  kind: brokerKind,
  name: z.string(),
  foundBy: z.enum(['topology', 'pattern', 'configuration']),
  origins: z.array(z.string()).readonly(),
  capabilities,
  depth: z.object({ count: z.number(), exact: z.boolean() }).nullable(),
  /** `null` where nobody tells. */
  heldByOthers: z.number().nullable(),
  retention,
  reader: readerState,
  /** A log that is read from its newest end: everything from this instant on is known, older ones are still to be read. */
  knownBackTo: instant.nullable(),
  syncedAt: instant.nullable(),
});

export const connection = z.object({
  name: z.string(),
  kind: brokerKind,
  address: z.string(),
  health: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('starting'), step: z.string() }),
    z.object({
      kind: z.literal('live'),
      product: z.string(),
      version: z.string().nullable(),
      notes: z.array(z.string()).readonly(),
      since: instant.exactOptional(),
    }),
    z.object({ kind: z.literal('failing'), error: errorRecord, since: instant }),
    z.object({ kind: z.literal('not-started'), reason: z.string(), remedy: z.string() }),
  ]),
  checkedAt: instant.nullable(),
});

/** One row of the overview: the queue with what the index knows of it. */
export const queueRow = queue.extend({
  /** Indexed, and not gone, replayed or discarded; `null`, as are the others of these counts, where nothing of the queue was read yet. */
  open: z.number().nullable(),
  /** Those of them whose problem nobody has resolved or ignored; not `exact` is "at most". */
  stillOpen: z.object({ count: z.number(), exact: z.boolean() }).nullable(),
  indexed: z.number(),
  byState: z.partialRecord(deadLetterState, z.number()),
  newInDay: z.number().nullable(),
  /** 24 counts, oldest hour first. */
  hourly: z.array(z.number()).readonly().nullable(),
  oldestAt: instant.nullable(),
  /** Of the open message that goes first; `null` where the broker keeps it or does not tell. */
  expiresNext: expiry.nullable(),
  newestAt: instant.nullable(),
  /** Of the open messages. */
  topGroup: z.object({ fingerprint: z.string(), title: z.string(), count: z.number() }).nullable(),
  topError: z
    .object({ errorClass: z.string().nullable(), errorMessage: z.string().nullable(), count: z.number() })
    .nullable(),
  lastReplay: z
    .object({
      id: z.string(),
      number: z.number(),
      state: z.string(),
      sent: z.number(),
      total: z.number(),
      returned: z.number(),
      unknown: z.number(),
      failed: z.number(),
      at: instant,
    })
    .nullable(),
});
export type QueueRow = z.infer<typeof queueRow>;

/** GET queues */
export const overviewResponse = z.object({
  asOf: instant,
  connections: z.array(connection).readonly(),
  queues: z.array(queueRow).readonly(),
});
export type OverviewResponse = z.infer<typeof overviewResponse>;

/** POST queues/{id}/sync */
export const syncBody = z.strictObject({ insist: z.boolean().default(false) });
export const syncResponse = z.object({ requestId: z.string() });
