import type { KafkaCluster, TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import type { OffsetRange } from '#server/brokers/kafka/log-reader.ts';

/** A partition whose messages from `earliest` up to, not including, `low` are still to be read. */
export interface OpenPartition {
  readonly partition: number;
  readonly earliest: number;
  readonly low: number;
}

export interface Slice {
  readonly ranges: readonly OffsetRange[];
  /** Everything that the broker's clock calls not older than this lies in the slice or behind it; `null` where it was not cut by time. */
  readonly since: number | null;
}

/** The most questions to the broker for one slice. */
const triesMax = 24;
const firstStepMs = 1_000;

/**
 * Chooses at least so many of the newest offsets that are still to be read, and at most twice as many. The broker is asked where in each partition an instant
 * lies, until one is found that cuts off such a number: so partitions of very different age go back in time together. Where clocks allow no
 * such cut (a burst within a millisecond, times far in the future), each partition gives the same share of what it has left.
 */
export async function chooseSlice(
  cluster: Pick<KafkaCluster, 'offsets' | 'settings'>,
  layout: TopicLayout,
  {
    open,
    wanted,
    since,
  }: { readonly open: readonly OpenPartition[]; readonly wanted: number; readonly since: number | null },
  signal: AbortSignal,
): Promise<Slice> {
  const left = open.reduce((sum, { low, earliest }) => sum + low - earliest, 0);
  if (left <= wanted) return { ranges: rangesFrom(open, ({ earliest }) => earliest), since: null };
  const byTime = open.length > 1 ? await cutByTime() : null;
  return byTime ?? { ranges: cutByShare(open, wanted, left), since: null };

  async function cutByTime(): Promise<Slice | null> {
    const numbers = new Set(open.map(({ partition }) => partition));
    const asked = { name: layout.name, partitions: layout.partitions.filter((each) => numbers.has(each.partition)) };
    // Producers choose times: beyond what a number holds exactly, the middle of two could be one that Kafka has no room for.
    let newer = Math.min(since ?? cluster.settings.clock(), Number.MAX_SAFE_INTEGER);
    let older: number | null = null;
    let step = firstStepMs;
    for (let tries = 0; tries < triesMax; tries += 1) {
      const at: number = older === null ? newer - step : Math.floor((older + newer) / 2);
      if (at < 0 || at === older) return null;
      const offsets = await cluster.offsets(asked, { notBefore: at }, signal);
      const ranges = rangesFrom(open, ({ partition, low }) => {
        const first = offsets.get(partition) ?? -1;
        return first < 0 ? low : first;
      });
      const count = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
      if (count >= wanted && count <= wanted * 2) return { ranges, since: at };
      if (count > wanted) older = at;
      else {
        newer = at;
        step *= 8;
      }
    }
    return null;
  }
}

function rangesFrom(open: readonly OpenPartition[], startOf: (partition: OpenPartition) => number): OffsetRange[] {
  return open.map((each) => {
    const start = Math.min(each.low, Math.max(each.earliest, startOf(each)));
    return { partition: each.partition, start, end: each.low };
  });
}

/** Exactly so many offsets, so that one message at a time is a slice as well. */
function cutByShare(open: readonly OpenPartition[], wanted: number, left: number): OffsetRange[] {
  let [toGive, toCome] = [wanted, left];
  return rangesFrom(open, ({ low, earliest }) => {
    const share = Math.ceil((toGive * (low - earliest)) / toCome);
    toGive -= share;
    toCome -= low - earliest;
    return low - share;
  });
}
