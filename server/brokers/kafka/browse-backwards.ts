import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { BrowseBatch, BrowseEnd } from '#server/brokers/driver.ts';
import {
  batchBytes,
  batchMessages,
  type Browsing,
  cursorOf,
  lostIn,
  olderCount,
  olderThan,
  toLostBefore,
} from '#server/brokers/kafka/browsing.ts';
import { deadLetterOf } from '#server/brokers/kafka/kafka-message.ts';
import { readLog } from '#server/brokers/kafka/log-reader.ts';
import { chooseSlice } from '#server/brokers/kafka/slice.ts';

/**
 * Reads one slice of what lies before the stretch that was read, and further ones where compaction or transactions left too little in it. Moves the
 * stretch's older end with the batch that completes a slice, in all partitions at once.
 */
export async function* browseBackwards(
  browsing: Browsing,
  limit: number,
  fromTheEnd: boolean,
): AsyncGenerator<BrowseBatch> {
  const { cluster, layout, stretches, signal, onGaps } = browsing;
  const lost = lostIn(stretches);
  let pending: RawDeadLetter[] = [];
  let bytes = 0;
  let read = 0;
  let skipped = false;

  const batch = (left: number, end: BrowseEnd | null): BrowseBatch => {
    const messages = pending;
    pending = [];
    bytes = 0;
    return { messages, cursor: cursorOf(browsing), progress: { read, of: read + left, exact: left === 0 }, end };
  };

  for (let wanted = limit; read * 2 < limit; wanted *= 8) {
    const open = stretches.flatMap(({ partition, earliest, low }) =>
      low === null ? [] : [{ partition, earliest, low }],
    );
    if (open.length === 0) break;
    const slice = await chooseSlice(cluster, layout, { open, wanted, since: browsing.since }, signal);
    const before = read;
    const left = olderCount(stretches);
    /** Of the oldest message that was met in each partition. */
    const oldest = new Map<number, number>();
    for await (const part of readLog(cluster, layout, slice.ranges, signal)) {
      if (part.lostBefore !== null) lost.set(part.partition, part.lostBefore);
      const toDeadLetter = deadLetterOf(part.partition, layout.id);
      for (const record of part.records) {
        if (!oldest.has(part.partition)) oldest.set(part.partition, record.timestamp);
        pending.push(toDeadLetter(record));
        bytes += record.size;
        read += 1;
        if (pending.length >= batchMessages || bytes >= batchBytes) {
          yield batch(Math.max(0, left - (read - before)), null);
          if (signal.aborted) throw new AppError('cancelled', 'Stopped before it was finished.');
        }
      }
      skipped ||= part.tooLarge.length > 0;
    }
    let offsets = 0;
    for (const { partition, start, end } of slice.ranges) {
      offsets += end - start;
      const stretch = stretches.find((each) => each.partition === partition);
      if (stretch) stretch.low = start > stretch.earliest ? start : null;
    }
    if (read - before < offsets) onGaps(layout.name);
    browsing.since = sinceAfter(browsing, slice.since, oldest);
  }

  const left = olderCount(stretches);
  const complete = fromTheEnd && left === 0 && !skipped;
  yield batch(left, {
    complete,
    reason: skipped ? 'byte-cap' : left === 0 ? 'reached-end' : 'limit',
    ...olderThan(browsing),
    lostBefore: toLostBefore(lost),
  });
}

/**
 * The oldest instant of the stretch: the one up to which the slice went. Where it was not cut by time, that of the partition which reaches back least, if
 * all that are still open gave something.
 */
function sinceAfter(
  { since, stretches }: Browsing,
  chosen: number | null,
  oldest: ReadonlyMap<number, number>,
): number | null {
  const open = stretches.filter(({ low }) => low !== null);
  if (open.length === 0) return null;
  const times = open.flatMap(({ partition }) => oldest.get(partition) ?? []).filter((time) => time >= 0);
  const reached = chosen ?? (times.length === open.length ? Math.max(...times) : since);
  return reached === null || since === null ? reached : Math.min(since, reached);
}
