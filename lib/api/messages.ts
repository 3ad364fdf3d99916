import { z } from 'zod';
import { returnSigns } from '#lib/domain/item-return.ts';
import { brokerKind, deadLetterState, destination, instant, instantParameter } from '#lib/api/common.ts';
import { messageOrders } from '#lib/domain/message-order.ts';
import { expiry as queueExpiry } from '#lib/api/queues.ts';
import { archived } from '#lib/api/discards.ts';

export const messageRow = z.object({
  id: z.string(),
  queueId: z.string(),
  kind: brokerKind,
  /** For people: `2:1048` on Kafka, the MessageId on SQS. */
  identity: z.string(),
  at: instant,
  atIs: z.enum(['said', 'broker', 'first-seen']),
  originalAt: instant.nullable(),
  errorClass: z.string().nullable(),
  errorMessage: z.string().nullable(),
  reason: z.string().nullable(),
  attempts: z.number().nullable(),
  /** How often it came back after a replay, as far as is known. */
  returns: z.number().default(0),
  /** It came back so often that it is not sent again unless the plan is told to. */
  quarantined: z.boolean().default(false),
  key: z.string().nullable(),
  eventType: z.string().nullable(),
  eventId: z.string().nullable(),
  correlationId: z.string().nullable(),
  causationId: z.string().nullable().default(null),
  traceId: z.string().nullable(),
  origin: z.object({
    destination: destination.nullable(),
    label: z.string().nullable(),
    failedIn: z.string().nullable(),
    position: z.string().nullable(),
  }),
  state: deadLetterState,
  stateAt: instant,
  /** Since when its broker counts how long its queue keeps it; `null` where nobody knows. */
  keptFrom: instant.nullable().default(null),
  /** When its own time to live ends; `null` where it has none. */
  endsAt: instant.nullable().default(null),
  lastReplayId: z.string().nullable(),
  sizeBytes: z.number(),
  preview: z.string(),
  /** Of its group, merged or not. */
  fingerprint: z.string(),
});
export type MessageRow = z.infer<typeof messageRow>;

/** The other message of a replay, before it or after it. */
const replayTie = z.object({ messageId: z.string(), replayId: z.string(), replayNumber: z.number().int() });

/** When its broker deletes it by itself; `null` where it is not there any more, is kept, or nobody tells. `at-least`: no earlier, perhaps later. */
const expiry = queueExpiry.nullable().default(null);

/** A row with what replays tie it to, and when it expires. */
export const listedMessage = messageRow.extend({
  /** What it came back as, after the last of its replays that did; `null` where it was not seen again. */
  cameBackAs: replayTie.nullable(),
  /** What it was before a replay sent it; `null` where no replay of ours did. */
  returnOf: replayTie.nullable(),
  expires: expiry,
});
export type ListedMessage = z.infer<typeof listedMessage>;

/** GET messages */
export const messagesQuery = z.object({
  filter: z.string().max(4_000).default(''),
  from: instantParameter.optional(),
  to: instantParameter.optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  /** `expiring`: what its broker deletes first; behind it what is kept, is gone, or does not tell, the oldest first. */
  order: z.enum(messageOrders).default('newest'),
});
export const messagesResponse = z.object({
  asOf: instant,
  messages: z.array(listedMessage).readonly(),
  /** `null` at the end. Where `incomplete` is there, it goes on with the search. */
  nextCursor: z.string().nullable(),
  /**
   * Where the filter is one that looks at each message, and the page would have taken too long: in the order of the list, everything up to
   * `searchedTo` was looked at, `examined` messages for this page. It may hold fewer messages than were asked for, or none.
   */
  incomplete: z.object({ searchedTo: instant, examined: z.number().int() }).nullable(),
  /** Matching in all; `capped` means "at least". Only on the first page. */
  total: z.object({ count: z.number(), capped: z.boolean() }).nullable(),
  /**
   * Of so many nobody knows whether the filter meets them, because it hangs on a payload that could not be looked into: its schema was not to be had, or it is beyond
   * a limit. Only on the first page; `null` where there are none.
   */
  unsearched: z.object({ count: z.number(), capped: z.boolean() }).nullable(),
  /** Of the filter's text: what is looked for as text and looks like a condition without its colon. `meant` can be put in its place. Only on the first page. */
  hints: z
    .array(z.object({ position: z.number().int(), length: z.number().int(), message: z.string(), meant: z.string() }))
    .readonly(),
});
export type MessagesResponse = z.infer<typeof messagesResponse>;

/** GET messages/count */
export const messageCountQuery = messagesQuery.pick({ filter: true, from: true, to: true });

/** `capped` means "at least": counting stops after a moment, or at 100,000. */
export const messageCountResponse = z.object({ asOf: instant, count: z.number().int(), capped: z.boolean() });
export type MessageCountResponse = z.infer<typeof messageCountResponse>;

/** One header or property as text for the page. What cannot be text is shown as hex or by its size. */
export const shownHeader = z.object({
  name: z.string(),
  /** `null` where the value is null. Nested tables are pretty JSON. */
  text: z.string().nullable(),
  /** The broker's type, or `binary` where the bytes are not text. */
  type: z.string().nullable(),
  sizeBytes: z.number(),
  truncated: z.boolean(),
  /** Rules by which parts of it are shown as `•••`. */
  maskedBy: z.array(z.string()).readonly(),
  group: z.enum(['failure', 'routing', 'trace', 'replay', 'business', 'broker']),
});
export type ShownHeader = z.infer<typeof shownHeader>;

/** One decoder of the chain: that it was used, or why not. */
export const payloadStep = z.object({
  decoder: z.string(),
  outcome: z.enum(['applied', 'declined', 'failed']),
  note: z.string(),
});
export type PayloadStep = z.infer<typeof payloadStep>;

export const payloadSchema = z.object({
  /** The registry's number, or the GUID that stands in the message. */
  id: z.string(),
  subject: z.string().nullable(),
  version: z.number().nullable(),
  /** The record or message type, `com.shop.OrderPlaced`. */
  name: z.string().nullable(),
  type: z.enum(['AVRO', 'JSON', 'PROTOBUF']),
});
export type PayloadSchema = z.infer<typeof payloadSchema>;

export const shownPayload = z.object({
  kind: z.enum(['json', 'text', 'binary', 'empty', 'null']),
  sizeBytes: z.number(),
  /** How it was decoded: `JSON`, `gzip, then JSON`, `text (UTF-8)`. */
  label: z.string(),
  /** Indented, numbers to the letter; `null` where there is no such view. */
  pretty: z.string().nullable(),
  raw: z.string().nullable(),
  /** `00000000  7b 22 …  |{"…|` lines of the first bytes. */
  hex: z.string(),
  /** Whether the views were cut; the bytes are at `messages/{id}/payload`. */
  truncated: z.boolean(),
  /** In the order in which they were tried; empty where there is nothing to decode. */
  steps: z.array(payloadStep).readonly(),
  schema: payloadSchema.nullable(),
  /** Rules of the configuration by which parts of it are shown as `•••`: `field customer.email`. */
  maskedBy: z.array(z.string()).readonly(),
  /** Why the bytes are not shown: they would tell what is masked. */
  withheld: z.string().nullable(),
});
export type ShownPayload = z.infer<typeof shownPayload>;

export const stackFrame = z.object({ text: z.string(), kind: z.enum(['yours', 'library', 'cause', 'other']) });

export const historyEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('produced'), at: instant }),
  z.object({
    kind: z.literal('dead-lettered'),
    at: instant,
    atIs: z.enum(['said', 'broker', 'first-seen']),
    attempts: z.number().nullable(),
    by: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('replayed'),
    at: instant,
    replayId: z.string(),
    by: z.string(),
    outcome: z.string(),
    editedIn: z.number().nullable().default(null),
    traceHref: z.string().nullable().default(null),
  }),
  z.object({
    kind: z.literal('returned'),
    at: instant,
    replayId: z.string(),
    messageId: z.string(),
    sameError: z.boolean().nullable(),
    by: z.enum(returnSigns),
  }),
  z.object({
    kind: z.literal('return-of'),
    at: instant,
    replayId: z.string(),
    messageId: z.string().nullable(),
    /** `null` where nobody compared them: only the first message that came back is. */
    sameError: z.boolean().nullable(),
    by: z.enum(returnSigns),
  }),
  z.object({ kind: z.literal('discarded'), at: instant, replayId: z.string(), by: z.string() }),
  z.object({
    kind: z.literal('restored'),
    at: instant,
    replayId: z.string(),
    by: z.string(),
    outcome: z.string(),
    messageId: z.string().nullable(),
  }),
  z.object({ kind: z.literal('restored-from'), at: instant, replayId: z.string(), messageId: z.string() }),
  z.object({ kind: z.literal('gone'), at: instant }),
]);

/** GET messages/{id} */
export const messageDetail = messageRow.extend({
  expires: expiry,
  connection: z.string(),
  queueName: z.string(),
  stackTrace: z.string().nullable(),
  frames: z.array(stackFrame).readonly(),
  payload: shownPayload,
  /** Of a dead letter that does not hold its message as it was: where that was read, why it is not here, or that it is cut or wrapped. */
  originalRecord: z.string().nullable(),
  /** What `key:=` asks for to mean this key and no other: the text, or a digest where the text is not all of it. `null` where there is no key. */
  keyValue: z.string().nullable(),
  /** The key where it is more than the text in `key`; else `null`, and `key` says it all. */
  keyPayload: shownPayload.nullable(),
  headers: z.array(shownHeader).readonly(),
  properties: z.array(shownHeader).readonly(),
  conventions: z.array(z.object({ name: z.string(), fields: z.array(z.string()).readonly() })).readonly(),
  history: z.array(historyEvent).readonly(),
  /** Of a message that was discarded; `null` where it never was, or is no longer kept. */
  archived: archived.nullable(),
  /** The trace in the tracing system; `null` where none is configured, or the message names no trace that may be told. */
  traceHref: z.string().nullable(),
});
export type MessageDetail = z.infer<typeof messageDetail>;
