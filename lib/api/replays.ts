import { z } from 'zod';
import { brokerKind, destination, errorRecord, instant } from '#lib/api/common.ts';
import { messageEdit } from '#lib/api/edits.ts';
import { ranged, rangedWhole } from '#lib/api/ranges.ts';
import { sendableDestination } from '#lib/api/redirects.ts';
import { returnSigns } from '#lib/domain/item-return.ts';
import { itemStates, replayActions, replayStates } from '#lib/domain/replay.ts';
import { historyKinds } from '#lib/replay/history.ts';

const planNote = z.object({
  code: z.string(),
  count: z.number(),
  text: z.string(),
  messageIds: z.array(z.string()).readonly(),
});

export const ratePerSecondMax = 100_000;

/** One message in ten seconds: slower than that a replay would look as if it stood still. */
export const ratePerSecondMin = 0.1;

/** As a plan is asked for. */
export const rate = ranged(ratePerSecondMin, ratePerSecondMax, 'messages a second');

const watched = 'must be from a second to an hour';

const canary = z.object({
  steps: z
    .array(rangedWhole(1, 100_000, 'messages'))
    .min(1)
    .max(10, { error: 'are ten at most' })
    .readonly(),
  watchMs: z
    .number({ error: watched })
    .int({ error: watched })
    .min(1_000, { error: watched })
    .max(3_600_000, { error: watched }),
  badShareMax: ranged(0, 1),
});

export const replayOptions = z.object({
  action: z.enum(replayActions).default('replay'),
  failureHeaders: z.enum(['keep', 'strip']).default('keep'),
  ratePerSecond: z.number().positive().max(100_000).nullable().default(null),
  rampSeconds: rangedWhole(0, 3_600, 'seconds').default(0),
  concurrency: rangedWhole(1, 16).default(4),
  insist: z.boolean().default(false),
  canary: canary.nullable().default(null),
  quarantined: z.enum(['refuse', 'send']).default('refuse'),
  destination: sendableDestination.nullable().default(null),
  redirects: z.enum(['apply', 'ignore']).default('apply'),
  partition: z.enum(['original', 'by-key']).default('original'),
  timestamp: z.enum(['now', 'header', 'original']).default('now'),
  edit: messageEdit.nullable().default(null),
  traceContext: z.enum(['keep', 'replace']).default('keep'),
  callerTrace: z
    .object({ traceparent: z.string().max(300), tracestate: z.string().max(8_192).nullable() })
    .nullable()
    .default(null),
});

export const replayPlan = z.object({
  hash: z.string(),
  asOf: instant,
  total: z.number(),
  willSend: z.number(),
  destinations: z
    .array(
      z.object({
        destination,
        label: z.string(),
        connection: z.string(),
        kind: brokerKind,
        count: z.number(),
        exists: z.boolean(),
        receivers: z
          .array(
            z.object({
              kind: z.enum(['consumer-group', 'queue']),
              name: z.string(),
              state: z.string(),
              members: z.number().nullable(),
              lag: z.number().nullable(),
            }),
          )
          .readonly(),
        notes: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  /** Messages to destinations beyond those: a plan names 200. */
  toFurtherDestinations: z.number().default(0),
  redirected: z
    .array(z.object({ rule: z.string(), count: z.number() }))
    .readonly()
    .default([]),
  suggestions: z
    .array(z.object({ destination, label: z.string(), connection: z.string(), why: z.string() }))
    .readonly()
    .default([]),
  refusals: z.array(planNote).readonly(),
  warnings: z.array(planNote).readonly(),
  headerChanges: z
    .array(
      z.object({
        kind: brokerKind,
        change: z.enum(['added', 'removed', 'kept']),
        name: z.string(),
        value: z.string().nullable(),
        why: z.string().nullable(),
      }),
    )
    .readonly(),
  removes: z.enum(['all', 'none', 'some']),
  keptUntil: instant.optional(),
  dangerous: z.boolean(),
});

export const replayAccount = z.object({
  total: z.number(),
  planned: z.number(),
  intended: z.number(),
  sent: z.number(),
  settled: z.number(),
  skipped: z.number(),
  failed: z.number(),
  unknown: z.number(),
  returned: z.number(),
  returnedDifferent: z.number(),
});

/** GET replays/{id}; also the first event of replays/{id}/events. */
export const replay = z.object({
  id: z.string(),
  number: z.number(),
  state: z.enum(replayStates),
  createdAt: instant,
  createdBy: z.string(),
  reason: z.string().nullable(),
  confirmedAt: instant.nullable(),
  startedAt: instant.nullable(),
  finishedSendingAt: instant.nullable(),
  watchUntil: instant.nullable(),
  settledAt: instant.nullable(),
  sentence: z.string(),
  queueIds: z.array(z.string()).readonly(),
  options: replayOptions,
  plan: replayPlan,
  account: replayAccount,
  /** While it is sending: messages a second of late, and how long the rest takes at that (`null` where nothing moves, or a canary still watches). */
  pace: z
    .object({
      perSecond: z.number(),
      leftMs: z.number().nullable(),
      /** The step that a canary watches now: so many went, so many go next, and about when. `null` where it watches none, or cannot tell when. */
      watching: z.object({ sent: z.number(), next: z.number(), until: instant.nullable() }).nullable(),
    })
    .nullable()
    .optional(),
  error: errorRecord.nullable(),
  /** Of one discard alone: so many of its messages were restored since. */
  restored: z.number().optional(),
  /** Of one replay alone: who confirmed, paused, resumed and cancelled it, and where it paused or stopped by itself; the oldest first, the last 100. */
  history: z
    .array(
      z.object({
        at: instant,
        kind: z.enum(historyKinds),
        /** `null`: it did so by itself. */
        by: z.string().nullable(),
        reason: z.string().nullable(),
      }),
    )
    .readonly()
    .optional(),
  /** Of one replay alone: where the tracing system shows its trace. `null` where none is configured, or it has none. */
  traceHref: z.string().nullable().optional(),
});
export type ReplayView = z.infer<typeof replay>;

/** What of a replay changes while it runs: each event of replays/{id}/events after the first, which is the whole. Its plan can be large. */
export const replayProgress = replay.omit({ plan: true, queueIds: true, sentence: true, options: true });

/**
 * POST replays/plan → the replay in state `planned`; nothing has moved. Either `messageIds`, or a `filter` (with `from`, `to`): then everything that it
 * meets and that had arrived at `asOf`, less `excluded`; a group is the filter `group:<fingerprint>`.
 */
export const planBody = z
  .strictObject({
    messageIds: z.array(z.string().min(1).max(64)).min(1).max(10_000).optional(),
    filter: z.string().max(4_000).optional(),
    from: instant.optional(),
    to: instant.optional(),
    /** When the operator counted; now where absent. */
    asOf: instant.optional(),
    excluded: z.array(z.string().min(1).max(64)).max(10_000).optional(),
    options: replayOptions
      .partial()
      // The headers of the request say it.
      .omit({ callerTrace: true })
      // A discard and a restore have doors of their own: POST discards, POST restores.
      .extend({
        action: z.literal('replay').optional(),
        ratePerSecond: rate.nullable().optional(),
        canary: canary
          .refine(({ steps }) => steps.every((step, index) => step >= (steps[index - 1] ?? 0)), {
            error: 'a step must not be smaller than the one before it',
            path: ['steps'],
          })
          .nullable()
          .optional(),
      })
      .optional(),
  })
  .refine(
    (body) => (body.messageIds === undefined) !== (body.filter === undefined),
    'Name either messageIds or a filter (an empty one is everything).',
  );

/** POST replays: confirms a plan by its hash. A dangerous plan also asks for the number of messages that it sends, as a person types it. */
export const confirmBody = z.strictObject({
  replayId: z.string().min(1),
  hash: z.string().min(1),
  confirm: z.number().int().nonnegative().optional(),
});

/** GET replays */
export const replaysQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** Replay numbers below this one. */
  before: z.coerce.number().int().optional(),
  /** Also plans that nobody has confirmed. */
  plans: z.stringbool().default(false),
});
export const replaysResponse = z.object({ asOf: instant, replays: z.array(replay).readonly() });

export const replayItem = z.object({
  id: z.string(),
  /** Its place in the order of sending, from 0 on; what people read counts from 1. */
  ordinal: z.number(),
  messageId: z.string(),
  queueId: z.string(),
  identity: z.string(),
  /** What its message says of itself; `null` where the index no longer has it. */
  message: z
    .object({
      errorClass: z.string().nullable(),
      errorMessage: z.string().nullable(),
      reason: z.string().nullable(),
      key: z.string().nullable(),
    })
    .nullable()
    .default(null),
  destinationLabel: z.string().nullable(),
  state: z.enum(itemStates),
  /** An edited copy goes, or went, in its place. */
  edited: z.boolean().default(false),
  reason: errorRecord.nullable(),
  sentPosition: z.string().nullable(),
  sentAt: instant.nullable(),
  settledAt: instant.nullable(),
  intendedAt: instant.nullable(),
  returned: z
    .object({
      messageId: z.string(),
      at: instant,
      /** `null` where the error of the original is no longer known. */
      sameError: z.boolean().nullable(),
      by: z.enum(returnSigns),
      count: z.number(),
    })
    .nullable(),
  /** Of a discard: since when it is restored; `null` where it is not. */
  restoredAt: instant.nullable().default(null),
  decision: z
    .object({ outcome: z.enum(['sent', 'not-sent']), by: z.string(), at: instant, reason: z.string() })
    .nullable(),
  /** Of an unknown item: from where on its destination is searched for it; `null` where a destination cannot be searched, or it is not unknown. */
  searchedFrom: z.string().nullable(),
});
export type ReplayItemView = z.infer<typeof replayItem>;

/** What became of an item, as people ask for it. `not-seen` was sent and has not come back so far. */
export const itemOutcomes = ['not-seen', 'returned', 'unknown', 'failed', 'not-sent', 'to-go'] as const;
export type ItemOutcome = (typeof itemOutcomes)[number];

/** GET replays/{id}/items/export: the same items as a file, in the order of sending. */
export const itemsExportQuery = z.object({
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
  outcome: z.enum(itemOutcomes).optional(),
});

/**
 * POST replays/{id}/decisions: what a person found out about items whose outcome is unknown. `sent`: it arrived, and is removed from its queue. `not-sent`: it did
 * not, and may be replayed again. Which is given by `items`, or by `all`: those that are unknown by then, of one queue where `queueId` names it.
 */
export const decisionsBody = z
  .strictObject({
    items: z.array(z.string().min(1).max(100)).min(1).max(10_000).optional(),
    all: z.literal(true).optional(),
    queueId: z.string().min(1).max(1_000).optional(),
    outcome: z.enum(['sent', 'not-sent']),
    reason: z.string().trim().min(1).max(1_000),
  })
  .refine((body) => (body.items === undefined) !== (body.all === undefined), 'Name either items or all: true.')
  .refine((body) => body.queueId === undefined || body.all === true, 'queueId narrows all: true, and nothing else.');
export const decisionsResponse = z.object({
  /** So many were decided. */
  decided: z.number(),
  /** Named items that were not unknown any more: they are as they were. */
  notUnknown: z.number(),
  replay,
});

/** GET replays/{id}/items */
export const itemsQuery = z.object({
  cursor: z.coerce.number().int().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  state: z.enum(itemStates).optional(),
  returned: z.stringbool().default(false),
  /** Instead of `state` and `returned`. */
  outcome: z.enum(itemOutcomes).optional(),
});
export const itemsResponse = z.object({ items: z.array(replayItem).readonly(), nextCursor: z.string().nullable() });

/** The plain pair for scripts: GET /admin/dlq/{topic} */
export const plainDeadLetters = z.array(
  z.object({
    offset: z.string(),
    partition: z.number(),
    key: z.string().nullable(),
    error: z.string().nullable(),
    originalOffset: z.string().nullable(),
    timestamp: z.number(),
    payload: z.string().nullable(),
  }),
);
/** `partition:offset`, a bare offset where no two partitions have it, or what the list calls `offset` on a queue. */
export const plainReplayBody = z.strictObject({
  offsets: z
    .array(z.union([z.string().min(1).max(512), z.number().int().nonnegative()]))
    .min(1)
    .max(10_000),
});
export const plainReplayResponse = z.object({ replayed: z.number() });
