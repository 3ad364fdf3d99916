import { z } from 'zod';
import { instant, instantParameter } from '#lib/api/common.ts';

/** GET timeline: dead letters by `at`. */
export const timelineQuery = z.object({
  filter: z.string().max(4_000).default(''),
  /** Without them from the oldest match to now, as far as clocks can be believed. */
  from: instantParameter.optional(),
  to: instantParameter.optional(),
  buckets: z.coerce.number().int().min(1).max(400).default(60),
  /** So many groups have a series of their own, the most frequent first; the others are one. */
  groups: z.coerce.number().int().min(0).max(50).default(8),
});

export const timelineResponse = z.object({
  asOf: instant,
  from: instant,
  to: instant,
  /** Every bucket is this wide; the last may end after `to`. */
  bucketMs: z.number(),
  series: z
    .array(z.object({ fingerprint: z.string(), title: z.string(), counts: z.array(z.number().int()).readonly() }))
    .readonly(),
  other: z.object({ groups: z.number().int(), counts: z.array(z.number().int()).readonly() }),
  /** All that the filter meets, also outside. */
  count: z.number().int(),
  /** So many lie before `from` or from `to` on: where no range is given, a few clocks that are far off do not stretch it. */
  outside: z.number().int(),
  /** Dead letters older than this were not looked at; null where all were. */
  searchedTo: instant.nullable(),
  /** Queues of which what is asked for is still being read: counts rise while they are. */
  reading: z.array(z.string()).readonly(),
  /** Logs are read from their newest end: of some queue what is older than this is not known yet. Null where all that is asked for is. */
  knownBackTo: instant.nullable(),
});
export type TimelineResponse = z.infer<typeof timelineResponse>;

/** GET facets: which values a field has among what the filter meets. */
export const facetFields = ['queue', 'class', 'type', 'state', 'key', 'origin'] as const;
export const facetsQuery = z.object({
  filter: z.string().max(4_000).default(''),
  from: instantParameter.optional(),
  to: instantParameter.optional(),
  /** Comma-separated; all where absent. */
  fields: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
});
export const facetsResponse = z.object({
  asOf: instant,
  facets: z
    .array(
      z.object({
        field: z.enum(facetFields),
        values: z.array(z.object({ value: z.string(), count: z.number().int() })).readonly(),
        /** Counted among so many of the newest matches; `null` where all were counted. */
        among: z.number().int().nullable(),
      }),
    )
    .readonly(),
});
export type FacetsResponse = z.infer<typeof facetsResponse>;
