import { z } from 'zod';
import { instant } from '#lib/api/common.ts';
import { moveAllStates } from '#lib/domain/move-all.ts';

/** GET queues/{id}/move-all: what the broker's own means could do with all of the queue, and what they do. */
export const moveAllView = z.object({
  facts: z.object({
    available: z.boolean(),
    why: z.string().nullable(),
    means: z.string(),
    destination: z.string().nullable(),
    destinations: z.array(z.string()).readonly().nullable(),
    about: z.number().nullable(),
    ratePerSecondMax: z.number().nullable(),
    cannot: z.array(z.string()).readonly(),
  }),
  progress: z
    .object({
      state: z.enum(moveAllStates),
      moved: z.number().nullable(),
      of: z.number().nullable(),
      startedAt: instant.nullable(),
      problem: z.string().nullable(),
      canCancel: z.boolean(),
    })
    .nullable(),
});
export type MoveAllView = z.infer<typeof moveAllView>;

/** POST queues/{id}/move-all: starts it. `confirm` is the queue's name, as a person types it; `to` a queue for all of it, where the broker takes one. */
export const moveAllBody = z.strictObject({
  ratePerSecond: z.number().int().min(1).max(100_000).nullable().default(null),
  to: z.string().min(1).max(1_000).nullable().default(null),
  confirm: z.string().max(1_000),
});
