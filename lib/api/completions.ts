import { z } from 'zod';
import { instantParameter } from '#lib/api/common.ts';

/** GET completions */
export const completionsQuery = z.object({
  filter: z.string().max(4_000).default(''),
  /** Where the caret stands, in UTF-16 units; at the end where it is absent. */
  position: z.coerce.number().int().min(0).optional(),
  from: instantParameter.optional(),
  to: instantParameter.optional(),
});

export const completionsResponse = z.object({
  /** The part of the filter that a suggestion replaces. */
  from: z.number().int(),
  to: z.number().int(),
  suggestions: z
    .array(
      z.object({
        /** What is put in: `state:` or `state:new `. */
        text: z.string(),
        label: z.string(),
        detail: z.string(),
        count: z.number().int().optional(),
      }),
    )
    .readonly(),
  /** Counts are among so many of the newest dead letters that the rest of the filter meets; `null` where nothing was counted. */
  countedAmong: z.number().int().nullable(),
});
export type CompletionsResponse = z.infer<typeof completionsResponse>;
