import { z } from 'zod';

/** GET sandbox; `null` when the console runs on brokers of your own. */
export const sandboxState = z.object({
  services: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        connection: z.string(),
        /** Where it reads. */
        source: z.string(),
        deadLetterQueue: z.string(),
        /** What is broken, a sentence. */
        problem: z.string(),
        /** What the switch changes, a sentence. */
        mend: z.string(),
        /** What to filter the dead-letter queue by to see what the mend cures; `null` where they carry no error text. */
        errorText: z.string().nullable(),
        mended: z.boolean(),
        running: z.boolean(),
        processed: z.number(),
        failed: z.number(),
      }),
    )
    .readonly(),
});
export type SandboxState = z.infer<typeof sandboxState>;
export const sandboxResponse = z.object({ sandbox: sandboxState.nullable() });

/** POST sandbox/services/{id} */
export const mendBody = z.strictObject({ mended: z.boolean() });
