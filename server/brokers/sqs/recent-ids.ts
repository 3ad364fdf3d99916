/** MessageIds that were met in the last minutes, with what they belong to. */
export interface RecentIds {
  add(messageId: string, owner: string, now: number): void;
  /** The owner, or `null` where the id was not met lately. */
  find(messageId: string, now: number): string | null;
}

/** SQS FIFO deduplicates for five minutes from the first send; the rest is for clocks and answers under way. */
const keptMs = 6 * 60_000;
const entriesMax = 200_000;

export function createRecentIds(): RecentIds {
  const entries = new Map<string, { readonly owner: string; readonly until: number }>();
  return {
    add(messageId, owner, now) {
      entries.delete(messageId);
      entries.set(messageId, { owner, until: now + keptMs });
      // They stand in the order of their times, so what is over stands in front.
      for (const [oldest, { until }] of entries) {
        if (until > now && entries.size <= entriesMax) break;
        entries.delete(oldest);
      }
    },
    find(messageId, now) {
      const entry = entries.get(messageId);
      return entry !== undefined && entry.until > now ? entry.owner : null;
    },
  };
}
