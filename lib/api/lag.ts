import { z } from 'zod';
import { brokerKind, errorRecord, instant, instantParameter } from '#lib/api/common.ts';
import { groupKinds, lagGaps } from '#lib/domain/lag.ts';

const name = z.string().min(1).max(1_000);

/** GET lag. With `from` each row has its course; then it must be narrowed to `courseRowsMax` rows. */
export const lagQuery = z.object({
  connection: name.optional(),
  group: name.optional(),
  /** A topic, or a queue. */
  topic: name.optional(),
  from: instantParameter.optional(),
  /** Now where absent. */
  to: instantParameter.optional(),
});

const told = z.number().nullable();

const common = {
  series: z.number().int(),
  /** Of `lag` or `waiting`, an hour ago; `null` where it was not known then. */
  before: told,
  /** Oldest first; what sums up a stretch begins at `at` and lasts `spanMs`. Only where `from` was asked. */
  trend: z
    .array(z.object({ at: instant, spanMs: z.number(), last: told, max: told, heldMax: told }))
    .readonly()
    .optional(),
};

export const lagRow = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('group'),
    group: z.string(),
    groupKind: z.enum(groupKinds),
    topic: z.string(),
    state: z.string(),
    members: told,
    lag: told,
    gap: z.enum(lagGaps).nullable(),
    partitions: z.number(),
    uncommitted: z.number(),
    ...common,
  }),
  z.object({
    kind: z.literal('queue'),
    queue: z.string(),
    waiting: told,
    held: told,
    consumers: told,
    approximate: z.boolean(),
    ...common,
  }),
]);
export type LagApiRow = z.infer<typeof lagRow>;

export const lagResponse = z.object({
  asOf: instant,
  connections: z
    .array(
      z.object({
        connection: z.string(),
        /** `null` where it is not configured any more. */
        broker: brokerKind.nullable(),
        /** When the rows were read; `null` before the first success. */
        at: instant.nullable(),
        tookMs: z.number().nullable(),
        failing: z.object({ error: errorRecord, since: instant }).nullable(),
        notes: z.array(z.string()).readonly(),
        rows: z.array(lagRow).readonly(),
      }),
    )
    .readonly(),
});
export type LagResponse = z.infer<typeof lagResponse>;
export type LagApiConnection = LagResponse['connections'][number];

export const courseRowsMax = 200;
export const trendSeriesMax = 200;

/** GET lag/trend: the courses of series by their numbers, all in the same equal parts of the time. */
export const lagTrendQuery = z.object({
  series: z
    .string()
    .regex(/^\d{1,15}(,\d{1,15})*$/, 'must be numbers of series, with commas between them')
    .default('')
    .transform((text) => (text === '' ? [] : [...new Set(text.split(',').map(Number))]))
    .refine((all) => all.length <= trendSeriesMax, `must be at most ${trendSeriesMax}`),
  from: instantParameter.optional(),
  to: instantParameter.optional(),
  parts: z.coerce.number().int().min(2).max(500).default(60),
});

export const lagTrendResponse = z.object({
  asOf: instant,
  from: instant,
  to: instant,
  trends: z
    .array(
      z.object({
        series: z.number().int(),
        last: z.array(told).readonly(),
        max: z.array(told).readonly(),
        heldMax: z.array(told).readonly(),
      }),
    )
    .readonly(),
});
export type LagTrendResponse = z.infer<typeof lagTrendResponse>;
