import { z } from 'zod';
import { instant } from '#lib/api/common.ts';

/** GET audit */
export const auditQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  before: z.coerce.number().int().optional(),
});

export const auditResponse = z.object({
  entries: z
    .array(
      z.object({
        id: z.number(),
        at: instant,
        actor: z.string(),
        action: z.string(),
        target: z.string(),
        reason: z.string().nullable(),
        from: z.string(),
        result: z.string(),
      }),
    )
    .readonly(),
});
