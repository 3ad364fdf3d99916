import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { ConnectionLag, LagReading, LagTrend } from '#lib/domain/lag.ts';

/**
 * What is watched and not about single messages: how far readers are behind, what was counted, what was last found out. In a file of its own, so that it
 * outlives a rebuilt index and does not swell the ledger; its last moments may be lost in a power cut. Its commits do not end `Store.waitForChange`.
 */
export interface WatchStore {
  /** Replaces what was last read of a connection and adds a sample to each series. Forgets what is too old, at falling resolution. */
  saveLag(
    connection: string,
    reading: LagReading,
    taken: { readonly at: number; readonly tookMs: number },
  ): Promise<void>;
  /** The last reading stays and is called failing. */
  saveLagFailure(connection: string, error: ErrorRecord, at: number): Promise<void>;
  /** Drops the last readings of connections that are no longer configured; their samples go with age. */
  keepLagOf(connections: readonly string[]): Promise<void>;
  /** By connection's name; rows in the order in which they were read. */
  latestLag(query?: LagQuery): Promise<readonly ConnectionLag[]>;
  /**
   * Samples of these series between the two instants, as fine as they are kept: each for an hour, the last and the most of 5 minutes for a day, of an
   * hour for a week. One question costs the same for one series as for a hundred. A series that is not known has no points.
   */
  lagTrend(query: {
    readonly series: readonly number[];
    readonly from: number;
    readonly to: number;
  }): Promise<readonly LagTrend[]>;

  /** Adds to counters that outlive the process, from any process: `n` may be a fraction. */
  addCounts(counts: readonly Count[]): Promise<void>;
  readCounts(): Promise<readonly Count[]>;

  /** One JSON text under a name, for what is found out now and then and read as a whole. */
  saveRecord(name: string, json: string, at: number): Promise<void>;
  getRecord(name: string): Promise<{ readonly json: string; readonly at: number } | null>;
}

/** What is absent narrows nothing. */
export interface LagQuery {
  readonly connection?: string;
  readonly group?: string;
  /** Groups on one of these topics, and these queues. */
  readonly names?: readonly string[];
  /**
   * Rows tell what they were at this instant, by the last reading of the ten minutes up to it. Single readings are kept for an hour: of an instant further
   * back nothing is told.
   */
  readonly compareTo?: number;
  /** Readings that the caller has, by connection and instant: where that is still the last one, it comes without its rows. */
  readonly had?: ReadonlyMap<string, number>;
}

export interface Count {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly n: number;
}
