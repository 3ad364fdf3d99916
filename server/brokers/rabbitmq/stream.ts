import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrowseBatch, BrowseEnd, BrowseOptions, HeldBatch, WantedMessage } from '#server/brokers/driver.ts';
import type { ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { offsetOf, readStream, streamEdges, type StreamEdges } from '#server/brokers/rabbitmq/stream-reader.ts';

/** Where a browse ended: before `next`, and behind the message that this identity tells of; `null` where there was none. */
interface Cursor {
  readonly next: bigint;
  readonly last: string | null;
  /** Where it began, if it was read backwards; else `null`. */
  readonly low: bigint | null;
}

const batchMax = 500;

/** Streams are logs, and nothing in them can be removed by itself. */
export async function* browseStream(
  context: ReadContext,
  queue: string,
  options: BrowseOptions,
  signal: AbortSignal,
): AsyncGenerator<BrowseBatch, void, undefined> {
  const limit = options.limit ?? Number.MAX_SAFE_INTEGER;
  const edges = await streamEdges(context, queue, signal);
  const asked = options.from === null ? null : parseCursor(options.from);
  const startsAnew = asked !== null && (await isAnother(context, queue, asked, edges, signal));
  if (startsAnew)
    yield { messages: [], cursor: '0', progress: { read: 0, of: null, exact: false }, end: null, startsAnew };

  const place = startsAnew ? null : asked;
  const isBackwards = options.backwards === true;
  const stretch = edges === null ? null : isBackwards ? sliceOf(edges, place, limit) : newerOf(edges, place);
  const begin = isBackwards ? (stretch?.from ?? null) : (place?.low ?? null);
  const older = edges === null || begin === null || begin <= edges.oldest ? 0 : Number(begin - edges.oldest);
  const low = older > 0 ? begin : null;
  const behind = isBackwards ? older : 0;
  let cursor = startsAnew ? '0' : options.from;
  let last: RawDeadLetter | undefined;
  let read = 0;
  if (stretch !== null) {
    const { from, to } = stretch;
    const of = Math.min(limit, from > to ? 0 : Number(to - from) + 1);
    for await (const arrived of readStream(context, queue, { from, to }, signal)) {
      for (let at = 0; at < arrived.length && read < limit; at += batchMax) {
        const messages = arrived.slice(at, at + Math.min(batchMax, limit - read));
        read += messages.length;
        last = messages.at(-1);
        if (!isBackwards) cursor = cursorAfter(last, low) ?? cursor;
        yield { messages, cursor, progress: { read, of: Math.max(read, of) + behind, exact: true }, end: null };
      }
      if (read >= limit) break;
    }
  }
  if (isBackwards) cursor = place === null ? (cursorAfter(last, low) ?? cursor) : formatCursor({ ...place, low });
  const stopped = edges !== null && cursor !== null && parseCursor(cursor).next <= edges.newest;
  const end: BrowseEnd = {
    complete: place === null && !stopped && older === 0,
    reason: (isBackwards ? older > 0 : stopped) ? 'limit' : 'reached-end',
    ...(older > 0 && { older: { count: older, before: null } }),
    lostBefore: edges === null || edges.oldest === 0n ? [] : [{ lane: '', before: String(edges.oldest) }],
  };
  yield { messages: [], cursor, progress: { read, of: read + behind, exact: true }, end };
}

export async function* holdStream(
  context: ReadContext,
  queue: string,
  wanted: readonly WantedMessage[],
  signal: AbortSignal,
): AsyncGenerator<HeldBatch, void, undefined> {
  const edges = await streamEdges(context, queue, signal);
  if (edges === null) return;
  const identities = new Set(wanted.map(({ identity }) => identity));
  const there = wanted
    .flatMap(({ position }) => (/^\d+$/.test(position) ? [BigInt(position)] : []))
    .filter((offset) => offset >= edges.oldest && offset <= edges.newest)
    .toSorted((a, b) => (a < b ? -1 : 1));
  const [from, to] = [there[0], there.at(-1)];
  if (from === undefined || to === undefined) return;
  for await (const batch of readStream(context, queue, { from, to }, signal)) {
    const messages = batch.filter(({ identity, position }) => identities.has(identity) || identities.has(position));
    if (messages.length > 0) yield { messages, remove: async () => await Promise.reject(nothingRemoved(queue)) };
  }
}

/**
 * Whether the stream is not the one that the cursor came from. The message that was read last tells: it is another one now, or the stream ends before
 * it, which one that only grows cannot. Where retention has removed it nobody can tell, and the stream is taken for the same.
 */
async function isAnother(
  context: ReadContext,
  queue: string,
  { next, last }: Cursor,
  edges: StreamEdges | null,
  signal: AbortSignal,
): Promise<boolean> {
  const before = next - 1n;
  if (before < 0n) return false;
  if (edges === null || edges.newest < before) return true;
  if (last === null || edges.oldest > before) return false;
  for await (const messages of readStream(context, queue, { from: before, to: before }, signal)) {
    const [message] = messages;
    if (message !== undefined) return message.identity !== last;
  }
  return false;
}

interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

function newerOf({ oldest, newest }: StreamEdges, place: Cursor | null): Stretch {
  return { from: place === null || place.next < oldest ? oldest : place.next, to: newest };
}

/** The newest of what lies before the stretch that was read; `null` where nothing does. */
function sliceOf({ oldest, newest }: StreamEdges, place: Cursor | null, limit: number): Stretch | null {
  const low = place === null ? newest + 1n : place.low;
  if (low === null || low <= oldest) return null;
  const from = low - BigInt(limit);
  return { from: from < oldest ? oldest : from, to: low - 1n };
}

function cursorAfter(message: RawDeadLetter | undefined, low: bigint | null): string | null {
  return message === undefined ? null : formatCursor({ next: offsetOf(message) + 1n, last: message.identity, low });
}

/** `next`, behind a space the identity of the message before it, and behind `<` where the stretch begins. */
function formatCursor({ next, last, low }: Cursor): string {
  return [String(next), ...(last === null ? [] : [last]), ...(low === null ? [] : [`<${low}`])].join(' ');
}

function parseCursor(cursor: string): Cursor {
  const match = /^(\d{1,20})(?: ([^\s<]\S*))?(?: <(\d{1,20}))?$/.exec(cursor);
  if (match?.[1] === undefined)
    throw new AppError('invalid_request', 'A position on a stream is an offset and the message before it.');
  return { next: BigInt(match[1]), last: match[2] ?? null, low: match[3] === undefined ? null : BigInt(match[3]) };
}

function nothingRemoved(queue: string): AppError {
  return new AppError(
    'unsupported',
    `The stream "${queue}" keeps its messages until its retention ends. They cannot be removed one by one.`,
  );
}
