import { z } from 'zod';
import { deadLetterState, instant, instantParameter } from '#lib/api/common.ts';
import { groupStates } from '#lib/domain/error-group.ts';

export const groupState = z.enum(groupStates);
export const groupSort = z.enum(['count', 'last', 'first', 'trend']);

/** GET groups */
export const groupsQuery = z.object({
  filter: z.string().max(4_000).default(''),
  from: instantParameter.optional(),
  to: instantParameter.optional(),
  /** Comma-separated; without it all but `ignored` and `resolved`. */
  states: z.string().max(200).optional(),
  sort: groupSort.default('count'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const groupedBy = z.object({ name: z.string(), value: z.string() });

export const groupRow = z.object({
  fingerprint: z.string(),
  /** One line: `TimeoutError: no answer from <host>`. */
  title: z.string(),
  errorClass: z.string().nullable(),
  /** As the first letter had it. */
  errorMessage: z.string().nullable(),
  reason: z.string().nullable(),
  state: groupState,
  ignoredUntil: instant.nullable(),
  resolvedAt: instant.nullable(),
  /** The first dead letter after it was resolved. */
  regressedAt: instant.nullable(),
  owner: z.string().nullable(),
  notes: z.number().int(),
  /** How many fingerprints a person merged into it, itself not counted. */
  merged: z.number().int(),
  /** Within filter and range. */
  count: z.number().int(),
  /** Still in their queues, whatever filter and range. */
  open: z.number().int(),
  /** Of all time, whatever the filter. */
  firstAt: instant,
  lastAt: instant,
  /** Within filter and range, most first. */
  queues: z.array(z.object({ queueId: z.string(), count: z.number().int() })).readonly(),
  /** 24 counts over the range, oldest first; over the last 24 h where the range is open. */
  trend: z.array(z.number().int()).readonly(),
  /** What its fingerprint was made of besides, where another group of the answer has the same title; else `null`. */
  besidesTitle: z
    .object({
      frames: z.array(z.string()).readonly(),
      payloadShape: z.string().nullable(),
      attributes: z.array(groupedBy).readonly(),
      /** The queue or event type by which a person split it off. */
      value: z.string().nullable(),
    })
    .nullable(),
});
export type GroupRow = z.infer<typeof groupRow>;

export const groupsResponse = z.object({
  asOf: instant,
  /** What `trend` covers. */
  trendFrom: instant,
  trendTo: instant,
  groups: z.array(groupRow).readonly(),
  /** Groups that the filter meets, whatever the limit, by state. */
  byState: z.partialRecord(groupState, z.number().int()),
  /** Dead letters that the filter meets. */
  count: z.number().int(),
  /** Dead letters older than this were not looked at; null where all were. */
  searchedTo: instant.nullable(),
  /** `all-time`: too many match to be counted by queue, so `queues` of each row counts what each queue has of the group in all. */
  queueCounts: z.enum(['matching', 'all-time']),
  /** Queues of which what is asked for is still being read: counts rise while they are. */
  reading: z.array(z.string()).readonly(),
  /** Logs are read from their newest end: of some queue what is older than this is not known yet. Null where all that is asked for is. */
  knownBackTo: instant.nullable(),
});
export type GroupsResponse = z.infer<typeof groupsResponse>;

export const groupNote = z.object({ id: z.string(), at: instant, by: z.string(), text: z.string() });

const groupMember = z.object({ fingerprint: z.string(), title: z.string(), count: z.number().int() });

/** GET groups/{fingerprint} */
export const groupDetail = groupRow.extend({
  version: z.number().int(),
  /** `grouped by exception class + top frames of your code + normalised message`. */
  explanation: z.string(),
  /** What the fingerprint was made of. */
  parts: z.object({
    errorClass: z.string().nullable(),
    frames: z.array(z.string()).readonly(),
    message: z.string().nullable(),
    reason: z.string().nullable(),
    source: z.string().nullable(),
    payloadShape: z.string().nullable(),
    /** Configured message attributes. */
    attributes: z.array(groupedBy).readonly(),
  }),
  noteList: z.array(groupNote).readonly(),
  members: z.array(groupMember).readonly(),
  /** Where a person merged this one. Everything else then describes the fingerprint alone. */
  mergedInto: groupMember.nullable(),
  splitFrom: z.object({ fingerprint: z.string(), by: z.enum(['queue', 'type']), value: z.string() }).nullable(),
  /** How a person has split it, and its parts as far as messages have been moved. */
  splitBy: z.enum(['queue', 'type']).nullable(),
  splitInto: z.array(groupMember).readonly(),
  byState: z.partialRecord(deadLetterState, z.number().int()),
  /** Most frequent among the newest of its messages. */
  keys: z.array(z.object({ value: z.string(), count: z.number().int() })).readonly(),
  keyCount: z.object({
    /** Different keys that are not masked. */
    distinct: z.number().int(),
    /** Messages whose key is masked; which of them have the same is not known. */
    masked: z.number().int(),
    /** Only so many of its newest messages were looked at, so there are at least so many; null where all were. */
    among: z.number().int().nullable(),
  }),
  newestMessageId: z.string().nullable(),
  oldestMessageId: z.string().nullable(),
  /** That touched messages of it, newest first. */
  replays: z
    .array(
      z.object({
        id: z.string(),
        number: z.number().int(),
        state: z.string(),
        at: instant,
        by: z.string(),
        /** From here on the whole replay's account, not only what it did with this group. */
        sent: z.number().int(),
        returned: z.number().int(),
        returnedDifferent: z.number().int(),
        unknown: z.number().int(),
        failed: z.number().int(),
        /** The same of messages of this group alone; `null` where it sent none of them, and some came back as this error. */
        ofGroup: z
          .object({
            sent: z.number().int(),
            returned: z.number().int(),
            returnedDifferent: z.number().int(),
            unknown: z.number().int(),
            failed: z.number().int(),
          })
          .nullable(),
      }),
    )
    .readonly(),
  /** `replays` are those of only so many of its messages that were replayed, the newest; null where of all. */
  replaysAmong: z.number().int().nullable(),
  /** What people did with it, newest first. */
  activity: z.array(z.object({ at: instant, actor: z.string(), action: z.string(), result: z.string() })).readonly(),
});
export type GroupDetail = z.infer<typeof groupDetail>;

/** PATCH groups/{fingerprint}: what is absent stays. */
export const groupChange = z
  .strictObject({
    state: z.enum(['open', 'resolved', 'ignored']).optional(),
    /** With `state: ignored`; absent or null is for good. */
    ignoredUntil: instant.nullable().optional(),
    /** With `state: resolved`; absent is now. An earlier instant brings an earlier decision back, and what came since then makes it regressed. */
    resolvedAt: instant.optional(),
    owner: z.string().trim().min(1).max(100).nullable().optional(),
    note: z.string().trim().min(1).max(4_000).optional(),
    /** Into another group, by its fingerprint; `null` takes it out again. */
    mergeInto: z.string().max(40).nullable().optional(),
    /** One group for each queue or event type; `null` joins them again. */
    splitBy: z.enum(['queue', 'type']).nullable().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'Say what to change.');
export type GroupChange = z.infer<typeof groupChange>;
