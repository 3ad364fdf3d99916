import { z } from 'zod';
import { destination, instant } from '#lib/api/common.ts';
import { isPossible } from '#lib/conventions/places.ts';

/** A place that a person named: it must be one that its broker could have. */
export const sendableDestination = destination.refine(isPossible, 'is longer than its broker allows, or empty');

/** A saved decision: dead letters that fit the pattern go to its destination instead of where they came from. */
export const redirectRule = z.object({
  id: z.string(),
  name: z.string(),
  connection: z.string(),
  /** What the pattern is compared with: the place where a message came from, or the name of its dead-letter queue. */
  matches: z.enum(['origin', 'queue']),
  pattern: z.string(),
  destination,
  createdAt: instant,
  createdBy: z.string(),
});
export type RedirectRuleRow = z.infer<typeof redirectRule>;

/** GET redirects, in the order in which they are tried: the oldest that fits counts. DELETE redirects/{redirectId} answers the list without it. */
export const redirectsResponse = z.object({ redirects: z.array(redirectRule).readonly() });

/** POST redirects. `conflict` where the name is taken. */
export const redirectBody = z.strictObject({
  name: z.string().trim().min(1).max(80),
  connection: z.string().min(1).max(200),
  matches: z.enum(['origin', 'queue']).default('origin'),
  /** `*` stands for any run of characters. */
  pattern: z.string().trim().min(1).max(500),
  destination: sendableDestination,
});
