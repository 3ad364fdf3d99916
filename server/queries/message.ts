import type { MessageDetail, ShownPayload } from '#lib/api/messages.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { DeadLetterDetail, HistoryEvent } from '#lib/domain/dead-letter.ts';
import type { ItemState, ReplayItem } from '#lib/domain/replay.ts';
import { heldContentOf } from '#lib/conventions/held-content.ts';
import { utf8 } from '#lib/conventions/header-index.ts';
import { originalRecordOf } from '#lib/conventions/original-record.ts';
import { shareGroup } from '#lib/conventions/share-group.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Masking } from '#lib/masking/masking.ts';
import { readFrames } from '#lib/stack-trace/frames.ts';
import { showHeader } from '#lib/payload/show-header.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { discardEvents, readArchived, restoredFrom } from '#server/queries/archived.ts';
import { readExpiry } from '#server/queries/read-expiry.ts';
import { replaysById } from '#server/queries/replays-by-id.ts';
import { toMessageRow } from '#server/queries/to-view.ts';
import { replayTraceHref, traceHref } from '#server/queries/trace-href.ts';

/** Everything about one dead letter that a page shows. `not_found` for an unknown id. */
export async function readMessage(runtime: Runtime, id: string): Promise<MessageDetail> {
  const letter = await runtime.store.index.getMessage(id);
  const parts = splitQueueId(letter.queueId);
  if (!parts) throw new AppError('internal', `The queue id ${letter.queueId} has no connection.`);
  const { masking } = runtime;
  const said = letter.failure.stackTrace;
  const stackTrace = said === null ? null : (masking?.text(said) ?? said);
  const { headers, properties } = letter.raw;
  const show = (part: 'key' | 'value', bytes: Uint8Array | null) =>
    runtime.payloads.show(parts.connection, { part, bytes, headers, properties });
  const row = toMessageRow(letter, masking, runtime.quarantineAfter);
  return {
    ...row,
    expires: (await readExpiry(runtime.store, [letter]))(letter),
    connection: parts.connection,
    queueName: parts.name,
    stackTrace,
    frames: stackTrace === null ? [] : readFrames(stackTrace),
    payload: await show('value', letter.raw.body),
    keyValue: keyValueOf(letter, row.key),
    keyPayload: letter.raw.key === null ? null : moreThanText(await show('key', letter.raw.key), row.key),
    originalRecord: originalRecordText(letter, masking),
    headers: letter.raw.headers.map((header) => showHeader(header, false, runtime)),
    properties: letter.raw.properties.map((property) => showHeader(property, true, runtime)),
    conventions: letter.conventions,
    history: await readHistory(runtime, letter),
    archived: await readArchived(runtime, id),
    // A masked id is none.
    traceHref: row.traceId === letter.traceId ? traceHref(runtime, letter.traceId) : null,
  };
}

function originalRecordText({ raw, conventions }: DeadLetterDetail, masking: Masking | undefined): string | null {
  const looked = originalRecordOf(raw);
  if (looked !== null) {
    const text = looked.content === 'not-copied' ? `not copied, and ${looked.text}` : looked.text;
    return masking?.text(text, new Set()) ?? text;
  }
  const held = heldContentOf({ conventions });
  if (held !== null) return heldContent[held];
  const isBare = raw.key === null && raw.body === null && conventions.some(({ name }) => name === shareGroup.name);
  return isBare ? 'not copied, and not read from its original place' : null;
}

const heldContent = {
  truncated: 'a part only: the rest was cut off when it failed, so it is not put back',
  wrapped: 'wrapped: it is a field of the body, beside its error',
} as const;

/** A key that is text stands in `key` already, unless it is longer than what a table shows of it. */
function moreThanText(payload: ShownPayload, text: string | null): ShownPayload | null {
  const { kind, label, raw, maskedBy } = payload;
  const isPlain = kind === 'text' || kind === 'empty' || (kind === 'json' && label === 'JSON');
  const isWhole = raw === null || raw === text || maskedBy.length > 0;
  return isPlain && isWhole ? null : payload;
}

/** Keys that begin alike are different keys; a masked one is told by nothing but what is shown of it. */
function keyValueOf({ raw, keyText, keyDigest }: DeadLetterDetail, shown: string | null): string | null {
  const isWhole = raw.key === null || utf8(raw.key) === keyText;
  return isWhole || shown !== keyText || keyDigest === null ? shown : keyDigest;
}

/** The body's bytes as the broker had them, or as they may be read; `masked` where they may not be read at all. */
export async function readPayloadBytes(runtime: Runtime, id: string): Promise<Uint8Array> {
  const letter = await runtime.store.index.getMessage(id);
  const bytes = await readableBytes(runtime, letter);
  if (typeof bytes === 'string') throw new AppError('masked', bytes);
  return bytes;
}

/** A sentence where the bytes may not be read. */
export async function readableBytes(
  runtime: Runtime,
  letter: Pick<DeadLetterDetail, 'queueId' | 'raw'>,
): Promise<Uint8Array | string> {
  return readablePart(runtime, letter, 'value', letter.raw.body);
}

/** The same of the key. */
export async function readableKey(
  runtime: Runtime,
  letter: Pick<DeadLetterDetail, 'queueId' | 'raw'>,
): Promise<Uint8Array | string> {
  return readablePart(runtime, letter, 'key', letter.raw.key);
}

async function readablePart(
  { payloads, masking }: Runtime,
  { queueId, raw }: Pick<DeadLetterDetail, 'queueId' | 'raw'>,
  part: 'key' | 'value',
  bytes: Uint8Array | null,
): Promise<Uint8Array | string> {
  if (bytes === null || masking === undefined) return bytes ?? new Uint8Array();
  const { headers, properties } = raw;
  const connection = splitQueueId(queueId)?.connection ?? '';
  return payloads.bytes(connection, { part, bytes, headers, properties });
}

export async function readHistory(runtime: Runtime, letter: DeadLetterDetail): Promise<readonly HistoryEvent[]> {
  const { store, masking } = runtime;
  const events = letter.history.map((event): HistoryEvent => {
    // Whoever failed said so; who replays is a person of the console's own.
    const isSaid = event.kind === 'dead-lettered' && event.by !== null;
    return isSaid && masking ? { ...event, by: masking.text(event.by) } : event;
  });
  const items = await store.ledger.listItemsOfMessages([letter.id]);
  const replays = await replaysById(
    store,
    items.map(({ replayId }) => replayId),
  );
  events.push(...discardEvents(items), ...(await restoredFrom({ store }, letter)));
  for (const item of items.filter(({ action }) => action === 'replay')) {
    const at = item.sentAt ?? (wasTried(item.state) ? item.intendedAt : null);
    if (at !== null) {
      const { replayId, by, state: outcome } = item;
      const replay = replays.get(replayId);
      const editedIn = replay?.options.edit ? replay.number : null;
      const href = replay ? replayTraceHref(runtime, replay) : null;
      events.push({ kind: 'replayed', at, replayId, by, outcome, editedIn, traceHref: href });
    }
    if (item.returned)
      events.push({
        kind: 'returned',
        at: item.returned.at,
        replayId: item.replayId,
        messageId: item.returned.messageId,
        sameError: item.returned.sameError,
        by: item.returned.by,
      });
  }
  const item = await originOf(store, letter);
  if (item !== undefined && item.messageId !== letter.id) {
    const isLinked = item.returned?.messageId === letter.id;
    events.push({
      kind: 'return-of',
      at: letter.at,
      replayId: item.replayId,
      messageId: item.messageId,
      sameError: isLinked && item.returned ? item.returned.sameError : null,
      by: isLinked && item.returned ? item.returned.by : 'headers',
    });
  }
  return events.toSorted((a, b) => a.at - b.at);
}

/** The item that sent it, by its own headers or as it was recognised. */
async function originOf({ ledger }: Runtime['store'], letter: DeadLetterDetail): Promise<ReplayItem | undefined> {
  const [item] = letter.replay
    ? await ledger.findItems(letter.replay.replayId, [letter.replay.itemId])
    : await ledger.findReturnedAs([letter.id]);
  return item;
}

/** Whether a send without a confirmation was at least begun: such a replay may be why the message is there twice. */
function wasTried(state: ItemState): boolean {
  return state === 'intended' || state === 'unknown' || state === 'failed';
}
