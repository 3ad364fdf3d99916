import { countOf, formatCount, listOf } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import { duration } from '#components/ui/times.ts';
import type { OverviewResponse, QueueRow } from '#lib/api/queues.ts';
import { isUnread } from '#lib/domain/unread.ts';

/** `1,204`, `about 640`, `?` while nobody knows. */
export function depthLabel(depth: QueueRow['depth']): string {
  if (!depth) return '?';
  return depth.exact ? formatCount(depth.count) : `about ${formatCount(depth.count)}`;
}

export type Connection = OverviewResponse['connections'][number];

export interface Health {
  readonly tone: Tone;
  readonly word: string;
  /** What it means and what to do, for the line below the row; `null` when the word says it all. */
  readonly why: string | null;
  readonly canInsist: boolean;
}

/** How the reader of a queue is doing. */
export function readerHealth(queue: Pick<QueueRow, 'reader' | 'knownBackTo'>, now: number): Health {
  const reader = queue.reader;
  const plain = { why: null, canInsist: false };
  switch (reader.kind) {
    case 'waiting':
      return { tone: 'plain', word: 'not read yet', ...plain };
    case 'syncing':
      return {
        tone: 'motion',
        word: readingWord(reader.read, reader.of),
        why:
          queue.knownBackTo === null
            ? null
            : `Known back to ${duration(now - queue.knownBackTo)} ago; older ones are still being read.`,
        canInsist: false,
      };
    case 'live':
      return { tone: 'settled', word: 'live', ...plain };
    case 'partial':
      return {
        tone: 'attention',
        word: `${formatCount(reader.seen)} of about ${formatCount(reader.of)}`,
        why: reader.reason,
        canInsist: false,
      };
    case 'refused':
      return {
        tone: 'attention',
        word: 'not read',
        why: `${reader.refusal.reason} ${reader.refusal.remedy}`,
        canInsist: reader.refusal.canInsist,
      };
    case 'failing':
      return {
        tone: 'failing',
        word: `failing for ${duration(now - reader.since)}`,
        why: reader.error.message,
        canInsist: false,
      };
    case 'missing':
      return {
        tone: 'failing',
        word: 'missing',
        why: 'The broker no longer has this queue; what was read from it is kept here.',
        canInsist: false,
      };
  }
}

/** What nobody has taken care of: not put back, and its problem neither resolved nor ignored. Of a queue that shows only some of its messages there may be more. */
export function stillOpenLabel(
  { count, exact }: NonNullable<QueueRow['stillOpen']>,
  reader: QueueRow['reader'],
): string {
  const bound = reader.kind === 'partial' ? (exact ? 'at least ' : 'about ') : exact || count === 0 ? '' : 'at most ';
  return `${bound}${formatCount(count)} open`;
}

function readingWord(read: number, of: number | null): string {
  if (of === null || of === 0) return `reading, ${formatCount(read)} so far`;
  return `reading ${Math.min(100, Math.floor((read / of) * 100))} %`;
}

/** What became of the last replay, in the words of the account: never "succeeded". */
export function lastReplayLabel(last: NonNullable<QueueRow['lastReplay']>): {
  readonly tone: Tone;
  readonly word: string;
} {
  if (last.state === 'queued' || last.state === 'sending')
    return { tone: 'motion', word: `sending ${formatCount(last.sent)} of ${formatCount(last.total)}` };
  if (last.state === 'paused')
    return { tone: 'attention', word: `paused at ${formatCount(last.sent)} of ${formatCount(last.total)}` };
  if (last.unknown > 0) return { tone: 'attention', word: `${formatCount(last.unknown)} unknown` };
  if (last.returned > 0)
    return { tone: 'attention', word: `${formatCount(last.returned)} of ${formatCount(last.sent)} returned` };
  if (last.failed > 0) return { tone: 'failing', word: `${formatCount(last.failed)} failed` };
  if (last.state === 'stopped') return { tone: 'failing', word: 'stopped' };
  if (last.state === 'cancelled') return { tone: 'plain', word: `cancelled at ${formatCount(last.sent)}` };
  if (last.sent === 0) return { tone: 'plain', word: 'nothing sent' };
  if (last.state === 'watching') return { tone: 'motion', word: `watching ${formatCount(last.sent)}` };
  return { tone: 'settled', word: `${formatCount(last.sent)} not seen again` };
}

/** Why it is not said when the next message expires. */
export function noExpiryWhy({
  retention,
  open,
  syncedAt,
  indexed,
}: Pick<QueueRow, 'retention' | 'open' | 'syncedAt' | 'indexed'>): string {
  if (isUnread({ syncedAt, indexed })) return 'It has not been read yet';
  if (retention.kind === 'unlimited') return 'The broker keeps messages for ever';
  if (open === 0) return 'Nothing is in it that could expire';
  return 'Neither the broker nor the messages say when they expire';
}

export interface Summary {
  readonly depth: string;
  readonly newInDay: string;
  readonly oldestAt: number | null;
  /** Queues that cannot be read. */
  readonly troubled: string;
}

/** A queue whose depth nobody knows may hold anything, so what is known of the others is the least that there is. */
function depthOfAll(known: readonly { readonly count: number; readonly exact: boolean }[], queues: number): string {
  if (known.length === 0 && queues > 0) return depthLabel(null);
  const label = depthLabel({
    count: known.reduce((sum, depth) => sum + depth.count, 0),
    exact: known.every((depth) => depth.exact),
  });
  return known.length < queues ? `at least ${label}` : label;
}

export function summarise(overview: OverviewResponse): Summary {
  const known = overview.queues.map((queue) => queue.depth).filter((depth) => depth !== null);
  const oldest = overview.queues.map((queue) => queue.oldestAt).filter((at) => at !== null);
  const queues = overview.queues.filter(
    (queue) => queue.reader.kind === 'refused' || queue.reader.kind === 'failing' || queue.reader.kind === 'missing',
  ).length;
  // Of a connection that has not told its queues yet, or cannot, nobody knows what is in them.
  const hidden = overview.connections.some(
    ({ name, health }) => health.kind !== 'live' && !overview.queues.some(({ connection }) => connection === name),
  );
  if (overview.queues.length === 0 && (hidden || overview.connections.length === 0))
    return { depth: '?', newInDay: '?', oldestAt: null, troubled: '?' };
  return {
    depth: depthOfAll(known, overview.queues.length + Number(hidden)),
    newInDay: `${hidden || overview.queues.some((queue) => isUnread(queue) || queue.reader.kind === 'partial') ? 'at least ' : ''}${formatCount(overview.queues.reduce((sum, queue) => sum + (queue.newInDay ?? 0), 0))}`,
    oldestAt: oldest.length === 0 ? null : Math.min(...oldest),
    troubled: hidden ? (queues === 0 ? '?' : `at least ${formatCount(queues)}`) : formatCount(queues),
  };
}

/** What stands where no dead-letter queue does. */
export function noQueueWords(connections: readonly Connection[]): string {
  if (connections.every(({ health }) => health.kind !== 'live'))
    return 'No dead-letter queue is known, because no connection answers yet. Each is tried again by itself.';
  return 'No dead-letter queue was found yet. They are looked for by topology, by name (.dlq, .DLT, -dlq …) and by configuration.';
}

/** What stands where no dead letter of any queue does. */
export function noLetterWords(connections: readonly Connection[]): { readonly title: string; readonly text: string } {
  const failing = connections.filter(({ health }) => health.kind === 'failing').map(({ name }) => name);
  if (failing.length === 0)
    return {
      title: 'No dead letters',
      text: 'Nothing has failed as far as the queues tell. What does appears by itself.',
    };
  const whose = failing.length === 1 ? 'its queues' : 'their queues';
  return {
    title: 'No dead letter is known',
    text: `${listOf(failing)} cannot be read: what has arrived in ${whose} since is not known. What is found appears by itself.`,
  };
}

/** For the page's title line: connections that need someone. */
export function connectionTrouble(overview: OverviewResponse): string | null {
  const failing = overview.connections.filter((connection) => connection.health.kind === 'failing').length;
  return failing === 0 ? null : `${countOf(failing, 'connection')} failing`;
}
