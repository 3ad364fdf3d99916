import type { Effort } from '#server/store/store.ts';

/** Where a message stands in the order of a list. */
export interface Place {
  readonly id: number;
  /** By what the list is ordered: when it failed, or when it expires. */
  readonly at: number;
}

export interface Found {
  /** In order. */
  readonly places: readonly Place[];
  /** The last message that was looked at, where the effort was spent before the end or enough matches; else `null`. */
  readonly endedAt: Place | null;
  /** How many were looked at one by one. */
  readonly examined: number;
}

/** A message that was looked at. */
export interface Examined extends Place {
  readonly hit: number;
  /** Its signature alone has told that it does not match, which costs next to nothing. */
  readonly sieved?: boolean;
}

/** Messages in order, a few at a time. */
export interface Stream {
  /** Whether each message has to be looked at, or all of them are matches. */
  readonly looksAtEach: boolean;
  /** More at once may take longer than anyone waits. */
  readonly sliceMax: number;
  /** None stands before this, where that is known: the stream is not begun before its turn may come. Only of rising streams. */
  readonly from?: number;
  /** Fewer than `count` are the last ones. */
  next(after: Place | null, count: number): readonly Examined[];
}

export interface MergeOptions {
  /** -1: the latest first. */
  readonly direction: 1 | -1;
  /** Begin behind this one. */
  readonly after: Place | null;
  /** So many matches are enough. */
  readonly max: number;
  readonly effort: Effort;
}

/**
 * The matches of all streams in their order. They are merged while they are read, in slices that grow as long as they are quick: what is given up
 * halfway has looked at everything up to one instant, whatever the filter.
 */
export function mergeStreams(streams: readonly Stream[], { direction, after, max, effort }: MergeOptions): Found {
  const until = performance.now() + effort.timeMsMax;
  const readers = streams.map((stream) => createReader(stream, after, max)).toSorted((a, b) => a.from - b.from || 0);
  const places: Place[] = [];
  let examined = 0;
  let isLate = false;

  for (;;) {
    const reader = firstOf(readers, direction);
    if (!reader) return { places, endedAt: null, examined };
    const { id, at, hit, sieved } = reader.take();
    if (reader.looksAtEach && sieved !== true) examined += 1;
    if (hit === 1) places.push({ id, at });
    if (places.length >= max) return { places, endedAt: null, examined };
    isLate ||= reader.isEmpty && reader.looksAtEach && performance.now() > until;
    // What was read is never left: it is paid for, and of thousands of streams to begin them is all that there is to pay.
    if (examined >= effort.examinedMax || (isLate && mustRead(readers, direction)))
      return { places, endedAt: { id, at }, examined };
  }
}

/** Whether nobody can tell which message is the next without another slice of one of them. */
function mustRead(readers: readonly Reader[], direction: 1 | -1): boolean {
  const first = firstOf(
    readers.filter((reader) => !reader.isEmpty),
    direction,
  );
  const at = first?.head()?.at ?? Number.POSITIVE_INFINITY;
  return readers.some((reader) => reader.isEmpty && !reader.hasEnded && reader.from <= at);
}

interface Reader {
  readonly looksAtEach: boolean;
  /** None of it stands before this. */
  readonly from: number;
  /** Of the slice that was read; the next look at `head` reads another. */
  readonly isEmpty: boolean;
  /** There is no slice after this one. */
  readonly hasEnded: boolean;
  head(): Examined | null;
  take(): Examined;
}

const sliceFirst = 64;
/** Of rows, of contents that were picked out, and of contents each with its block: a block takes half a millisecond. */
export const sliceMaxes = { rows: 4_096, picked: 512, blocks: 128 } as const;
/** A slice that took longer is followed by a smaller one: payloads may be megabytes. */
const sliceMs = 10;

function createReader(stream: Stream, start: Place | null, max: number): Reader {
  let slice: readonly Examined[] = [];
  let at = 0;
  let last = start;
  let ended = false;
  // Who waits for a moment only must not wait for a first slice of blocks.
  const first = Math.min(sliceFirst, Math.ceil(stream.sliceMax / 8));
  let size = stream.looksAtEach ? first : Math.min(max, stream.sliceMax);

  const refill = (): void => {
    const started = performance.now();
    slice = stream.next(last, size);
    at = 0;
    ended = slice.length < size;
    last = slice.at(-1) ?? last;
    if (!stream.looksAtEach) return;
    const isQuick = performance.now() - started < sliceMs;
    size = isQuick ? Math.min(stream.sliceMax, size * 2) : Math.max(1, Math.floor(size / 4));
  };
  return {
    looksAtEach: stream.looksAtEach,
    from: stream.from ?? Number.NEGATIVE_INFINITY,
    get isEmpty() {
      return at >= slice.length;
    },
    get hasEnded() {
      return ended;
    },
    head() {
      if (at >= slice.length && !ended) refill();
      return slice[at] ?? null;
    },
    take() {
      const taken = slice[at];
      if (!taken) throw new Error('There is no further message in this stream');
      at += 1;
      return taken;
    },
  };
}

/** `readers`: in the order of their `from`. */
function firstOf(readers: readonly Reader[], direction: 1 | -1): Reader | null {
  let first: { readonly reader: Reader; readonly head: Examined } | null = null;
  for (const reader of readers) {
    if (first && reader.from > first.head.at) break;
    const head = reader.head();
    if (!head) continue;
    const before = first ? direction * compare(head, first.head) : -1;
    // A message may stand in two streams at one place, a match in one of them: a search that is given up there must have met it.
    if (before < 0 || (before === 0 && head.hit > (first?.head.hit ?? 0))) first = { reader, head };
  }
  return first?.reader ?? null;
}

export function compare(a: Place, b: Place): number {
  return a.at - b.at || a.id - b.id;
}
