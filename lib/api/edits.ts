import { z } from 'zod';
import { instant } from '#lib/api/common.ts';

const headerName = z.string().min(1).max(255);

/** What a replay changes in each of its messages; `edit` of a plan's options, and of edits/preview. */
export const messageEdit = z.strictObject({
  body: z
    .union([
      z.strictObject({
        kind: z.literal('patch'),
        /** A JSON Patch (RFC 6902), as text or as a list. Only as text no number can lose a digit on the way. */
        operations: z.union([z.string().min(1).max(1_000_000), z.array(z.unknown()).min(1).max(200).readonly()]),
      }),
      z.strictObject({ kind: z.literal('replace'), text: z.string().max(1_500_000) }),
      z.strictObject({ kind: z.literal('replace'), base64: z.string().max(2_000_000) }),
    ])
    .nullable()
    .default(null),
  headers: z
    .array(
      z.union([
        z.strictObject({ change: z.literal('set'), name: headerName, value: z.string().max(64_000) }),
        z.strictObject({ change: z.literal('remove'), name: headerName }),
      ]),
    )
    .max(100)
    .readonly()
    .default([]),
  /** Of a single message on Kafka; absent: it stays. */
  key: z
    .union([
      z.strictObject({ kind: z.literal('text'), text: z.string().max(64_000) }),
      z.strictObject({ kind: z.literal('none') }),
    ])
    .optional(),
});

/**
 * POST edits/preview: what an edit would make of messages; nothing is kept. One message by `messageId`, several by `messageIds` or by a `filter`, page by page in the
 * order in which a replay would send them. The edit itself, or that of a replay; without either the message is shown as an editor needs it.
 */
export const editPreviewBody = z
  .strictObject({
    messageId: z.string().min(1).max(64).optional(),
    messageIds: z.array(z.string().min(1).max(64)).min(1).max(10_000).optional(),
    filter: z.string().max(4_000).optional(),
    from: instant.optional(),
    to: instant.optional(),
    asOf: instant.optional(),
    excluded: z.array(z.string().min(1).max(64)).max(10_000).optional(),
    edit: messageEdit.nullable().default(null),
    /** Id or number. */
    replayId: z.string().min(1).max(64).optional(),
    cursor: z.string().max(2_000).optional(),
    limit: z.number().int().min(1).max(50).default(10),
  })
  .refine(
    (body) => [body.messageId, body.messageIds, body.filter].filter((each) => each !== undefined).length === 1,
    'Name one of messageId, messageIds and filter (an empty filter is everything).',
  );

const bodyView = z.object({
  /** As it is edited: decoded, and to the letter where it is text; what is masked is masked. `null` where it is none. */
  text: z.string().nullable(),
  format: z.enum(['json', 'text', 'binary', 'null']),
  /** How it is wrapped: `gzip, then Avro`. */
  label: z.string(),
  /** `null` where something is masked, before or after the edit: it would tell of that. */
  sizeBytes: z.number().nullable(),
  /** The text went on. */
  cut: z.boolean(),
  maskedBy: z.array(z.string()).readonly(),
});
export type EditBodyView = z.infer<typeof bodyView>;

const editedHeader = z.object({
  name: z.string(),
  class: z.enum(['locked', 'sensitive', 'free']),
  why: z.string().nullable(),
  change: z.enum(['same', 'added', 'changed', 'removed']),
  before: z.string().nullable(),
  after: z.string().nullable(),
  maskedBy: z.array(z.string()).readonly(),
});
export type EditedHeaderView = z.infer<typeof editedHeader>;

export const editPreview = z.object({
  messageId: z.string(),
  queueId: z.string(),
  identity: z.string(),
  before: bodyView,
  /** `null` where it cannot be edited so; absent edits leave it as it is. */
  after: bodyView.nullable(),
  diff: z
    .object({
      lines: z.array(z.object({ kind: z.enum(['same', 'added', 'removed', 'gap']), text: z.string() })).readonly(),
      added: z.number(),
      removed: z.number(),
      cut: z.boolean(),
    })
    .nullable(),
  headers: z.array(editedHeader).readonly(),
  key: z.object({ before: z.string().nullable(), after: z.string().nullable() }).nullable(),
  /** Why it would be refused, each a sentence's end; empty where it would go. */
  problems: z
    .array(z.object({ text: z.string(), operation: z.number().nullable(), path: z.string().nullable() }))
    .readonly(),
  /** Why its whole body cannot be replaced here, though a patch may do; `null` where it can. */
  patchOnly: z.string().nullable(),
  /** Why its body cannot be edited as text at all; its headers can. */
  closed: z.string().nullable(),
});
export type EditPreview = z.infer<typeof editPreview>;

export const editPreviews = z.object({
  previews: z.array(editPreview).readonly(),
  /** Of this page. */
  refused: z.number(),
  nextCursor: z.string().nullable(),
});

export const editPreviewResponse = z.union([editPreview, editPreviews]);
