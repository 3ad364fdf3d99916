/** Stretches of time of one width, one after the other. The last ends at `to`, wherever its width would end it. */
export interface Buckets {
  readonly from: number;
  readonly to: number;
  readonly widthMs: number;
  readonly count: number;
}

export interface CellCount {
  readonly queue: number;
  readonly state: number;
  readonly n: number;
}

/** What a query meets, counted by group: every number is exact for what was looked at. Groups are those of the file, before any merge. */
export interface Counting {
  /** Dead letters older than this were not looked at; `null` where all were. */
  readonly searchedTo: number | null;
  /** Matches of each group that has any. */
  readonly byGroup: ReadonlyMap<number, number>;
  /** Counts of each bucket, for each of these groups. The query's own range still holds. */
  inBuckets(groups: readonly number[], buckets: Buckets): ReadonlyMap<number, readonly number[]>;
  /** Of all groups together. */
  allInBuckets(buckets: Buckets): readonly number[];
  /** By queue, most first, for each of these groups; `null` where that would cost too much. */
  byQueue(groups: readonly number[]): ReadonlyMap<number, ReadonlyMap<number, number>> | null;
  /** By queue and state. */
  byCell(): readonly CellCount[];
  /** Instants of the matches since one, oldest first or newest first: the so-manieth from 0; `null` beyond the last. */
  instantAt(place: number, order: 'newest' | 'oldest', since?: number): number | null;
}
