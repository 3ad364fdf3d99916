import { z } from 'zod';
import { instant } from '#lib/api/common.ts';

/** GET messages/{id}/diff */
export const diffQuery = z.object({
  /** The id of another message; without it the nearest relation. */
  with: z.string().max(100).optional(),
});

/** `original`: this message is its return. `return`: it came back as that one. `same-key`: another message with its key. `asked`: named by the query. */
export const diffRelation = z.enum(['original', 'return', 'same-key', 'asked']);
export type DiffRelation = z.infer<typeof diffRelation>;

const diffChoice = z.object({ id: z.string(), relation: diffRelation, identity: z.string(), at: instant });
export type DiffChoice = z.infer<typeof diffChoice>;

export const diffResponse = z.object({
  /** What it can be compared with, the nearest relation first. */
  choices: z.array(diffChoice).readonly(),
  /** What it was compared with; `null` where there is nothing. */
  with: diffChoice.nullable(),
  /** From the older of the two to the newer; `null` where there is nothing to compare, or nothing that may be shown. */
  diff: z
    .object({
      lines: z.array(z.object({ kind: z.enum(['same', 'added', 'removed', 'gap']), text: z.string() })).readonly(),
      added: z.number().int(),
      removed: z.number().int(),
      cut: z.boolean(),
    })
    .nullable(),
  /** Whether the message itself is the newer one, so that what was added is in it. */
  isNewer: z.boolean(),
  /** Whether the bytes that the broker holds are the same in both. */
  sameBytes: z.boolean().nullable(),
  /** Why there is no diff although there are two messages. */
  withheld: z.string().nullable(),
});
export type DiffResponse = z.infer<typeof diffResponse>;
