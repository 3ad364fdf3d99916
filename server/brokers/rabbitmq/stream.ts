import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrowseBatch, BrowseEnd, BrowseOptions, HeldBatch, WantedMessage } from '#server/brokers/driver.ts';
import type { ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { offsetOf, readStream, streamEdges, type StreamEdges } from '#server/brokers/rabbitmq/stream-reader.ts';

/** Where a browse ended: before `next`, and behind the message that this identity tells of; `null` where there was none. */
interface Cursor {
  readonly next: bigint;
  readonly last: string | null;
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

  let cursor = startsAnew ? '0' : options.from;
  let read = 0;
  if (edges !== null) {
    const from = startAt(edges, startsAnew ? null : asked, options.newest === true ? limit : null);
    const to = edges.newest;
    const of = Math.min(limit, from > to ? 0 : Number(to - from) + 1);
    for await (const arrived of readStream(context, queue, { from, to }, signal)) {
      for (let at = 0; at < arrived.length && read < limit; at += batchMax) {
        const messages = arrived.slice(at, at + Math.min(batchMax, limit - read));
        read += messages.length;
        cursor = cursorAfter(messages.at(-1)) ?? cursor;
        yield { messages, cursor, progress: { read, of: Math.max(read, of), exact: true }, end: null };
      }
      if (read >= limit) break;
    }
  }
  const isWhole = options.from === null && options.newest !== true;
  const stopped = edges !== null && cursor !== null && parseCursor(cursor).next <= edges.newest;
  const end: BrowseEnd = {
    complete: isWhole && !stopped,
    reason: stopped ? 'limit' : 'reached-end',
    lostBefore: edges === null || edges.oldest === 0n ? [] : [{ lane: '', before: String(edges.oldest) }],
  };
  yield { messages: [], cursor, progress: { read, of: read, exact: true }, end };
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

function startAt({ oldest, newest }: StreamEdges, asked: Cursor | null, newestMax: number | null): bigint {
  if (asked !== null) return asked.next < oldest ? oldest : asked.next;
  if (newestMax === null) return oldest;
  const start = newest - BigInt(newestMax) + 1n;
  return start < oldest ? oldest : start;
}

/** `next`, and behind a space the identity of the message before it. */
function cursorAfter(message: RawDeadLetter | undefined): string | null {
  return message === undefined ? null : `${offsetOf(message) + 1n} ${message.identity}`;
}

function parseCursor(cursor: string): Cursor {
  const match = /^(\d{1,20})(?: (\S+))?$/.exec(cursor);
  if (match?.[1] === undefined)
    throw new AppError('invalid_request', 'A position on a stream is an offset and the message before it.');
  return { next: BigInt(match[1]), last: match[2] ?? null };
}

function nothingRemoved(queue: string): AppError {
  return new AppError(
    'unsupported',
    `The stream "${queue}" keeps its messages until its retention ends. They cannot be removed one by one.`,
  );
}
