export interface BrokerLimits {
  /** For `check`, `inspect`, `describeDestination`, all tries together. */
  readonly callMs: number;
  /** `discover` and `readLag` ask about every queue. */
  readonly discoverMs: number;
  /** The longest wait for the next batch of a browse. */
  readonly batchMs: number;
  /** The longest wait for the next batch of a hold: a queue may have to be read to its end to find a few messages. */
  readonly heldBatchMs: number;
  /** How far beyond `PublishOptions.timeoutMs` a driver may be, before its answer is taken for lost. */
  readonly publishGraceMs: number;
  /** Then it is aborted, and so long its last word is waited for: longer than a driver waits for a request that is under way. */
  readonly publishEndMs: number;
  /** A browse ends with `byte-cap` after the batch that reached so many bytes of keys, bodies and headers. */
  readonly browseBytesMax: number;
  /** Tries of a read in a row that brought nothing. */
  readonly triesMax: number;
  /** The wait before try n is random below min(cap, base × 2ⁿ). */
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
}

export const defaultBrokerLimits: BrokerLimits = {
  callMs: 20_000,
  discoverMs: 60_000,
  batchMs: 60_000,
  heldBatchMs: 600_000,
  publishGraceMs: 5_000,
  publishEndMs: 5_000,
  browseBytesMax: 256 * 1024 * 1024,
  triesMax: 3,
  backoffBaseMs: 200,
  backoffCapMs: 5_000,
};
