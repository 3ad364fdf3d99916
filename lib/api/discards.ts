import { z } from 'zod';
import { instant } from '#lib/api/common.ts';
import { rate } from '#lib/api/replays.ts';

const id = z.string().min(1).max(64);

const options = z
  .strictObject({
    /** Messages a second; as fast as it goes where absent. */
    ratePerSecond: rate.nullable().optional(),
    /** Reads the queue in spite of a refusal that can be overridden. */
    insist: z.boolean().optional(),
  })
  .optional();

const selection = {
  messageIds: z.array(id).min(1).max(10_000).optional(),
  filter: z.string().max(4_000).optional(),
  from: instant.optional(),
  to: instant.optional(),
  asOf: instant.optional(),
  excluded: z.array(id).max(10_000).optional(),
};

/**
 * POST discards → the plan of a discard; nothing has moved. The selection is that of POST replays/plan. It is confirmed by POST replays with its hash and,
 * in `confirm`, the number of messages.
 */
export const discardBody = z
  .strictObject({ ...selection, options })
  .refine(
    (body) => (body.messageIds === undefined) !== (body.filter === undefined),
    'Name either messageIds or a filter (an empty one is everything).',
  );

/**
 * POST restores → the plan of a restore; nothing has moved. Messages that were discarded, all of a discard by its id or number, or what is discarded among
 * all that a filter meets.
 */
export const restoreBody = z
  .strictObject({ ...selection, discardId: id.optional(), options })
  .refine(
    (body) => [body.messageIds, body.discardId, body.filter].filter((given) => given !== undefined).length === 1,
    'Name one of messageIds, the discardId of a discard, and a filter.',
  )
  .refine(
    (body) => body.discardId === undefined || body.excluded === undefined,
    'A discard is restored whole: name its messageIds, or a filter, where some are excluded.',
  );

/** What a message's page says of its discard. `until` is absent where a log keeps the message. */
export const archived = z.object({
  discardId: z.string(),
  discardNumber: z.number(),
  by: z.string(),
  at: instant,
  until: instant.optional(),
  restoredAt: instant.nullable(),
});
