/** One line of the bench's table; `--json` prints it as it is. */
export interface BenchRow {
  readonly name: string;
  readonly n: number;
  /** `null` where it could not be measured; `name` says why. */
  readonly p50: number | null;
  /** `null` where a run has one sample only. */
  readonly p95: number | null;
  readonly unit: string;
  /** What it is compared with, and how: the same work done by something else in the same run, or a bar of the issue. */
  readonly baseline: string | null;
  readonly ratio: number | null;
}
