import type { Connection } from '#components/overview/prepare-overview.ts';
import type { QueueRow } from '#lib/api/queues.ts';

export const sortKeys = ['queue', 'depth', 'new', 'oldest', 'expires', 'error', 'replay', 'reader'] as const;
export type SortKey = (typeof sortKeys)[number];

/** Queues whose name, connection or top error holds the text, in the order asked for; ties by name. */
export function arrangeQueues(
  queues: readonly QueueRow[],
  wanted: string,
  sort: SortKey,
  descending: boolean,
): readonly QueueRow[] {
  const needle = wanted.trim().toLowerCase();
  const sign = descending ? -1 : 1;
  return queues
    .filter(
      (queue) =>
        needle === '' ||
        queue.id.toLowerCase().includes(needle) ||
        (queue.topGroup?.title ?? '').toLowerCase().includes(needle),
    )
    .toSorted((a, b) => (sort === 'queue' ? sign * byName(a, b) : byValue(a, b, sort, sign) || byName(a, b)));
}

export interface QueueSection {
  /** `null` for a table that is not grouped. */
  readonly connection: Connection | null;
  readonly queues: readonly QueueRow[];
}

/** The rows as one section, or a section for each connection, those without queues too: that there are none is worth knowing. */
export function sectionsOf(
  queues: readonly QueueRow[],
  connections: readonly Connection[],
  grouped: boolean,
): readonly QueueSection[] {
  if (!grouped) return [{ connection: null, queues }];
  return connections.map((connection) => ({
    connection,
    queues: queues.filter((queue) => queue.connection === connection.name),
  }));
}

function byName(a: QueueRow, b: QueueRow): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** What has no value comes last, whichever way the others stand. */
function byValue(a: QueueRow, b: QueueRow, sort: Exclude<SortKey, 'queue'>, sign: number): number {
  const [left, right] = [sortValue(a, sort), sortValue(b, sort)];
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return sign * (left - right);
}

function sortValue(queue: QueueRow, sort: Exclude<SortKey, 'queue'>): number | null {
  switch (sort) {
    case 'depth':
      return queue.depth?.count ?? null;
    case 'new':
      return queue.newInDay;
    case 'oldest':
      // Oldest first is what "descending age" means.
      return queue.oldestAt === null ? null : -queue.oldestAt;
    case 'expires':
      return queue.expiresNext === null ? null : -queue.expiresNext.at;
    case 'error':
      return queue.topGroup?.count ?? null;
    case 'replay':
      return queue.lastReplay?.at ?? null;
    case 'reader':
      return readerUrgency[queue.reader.kind];
  }
}

/** How much a reader needs someone. */
const readerUrgency: Record<QueueRow['reader']['kind'], number> = {
  failing: 6,
  missing: 5,
  refused: 4,
  partial: 3,
  syncing: 2,
  waiting: 1,
  live: 0,
};
