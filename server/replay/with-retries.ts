import { toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import { pause } from '#server/sync/repeat.ts';

const retryDelaysMs = [500, 1_000, 2_000, 4_000, 8_000];

/** Errors that pass by themselves: the work is tried again, and the ledger says where it stood. */
const passing: ReadonlySet<ErrorRecord['code']> = new Set(['unreachable', 'timed_out', 'interrupted']);

export function passesByItself(error: unknown): boolean {
  return passing.has(toErrorRecord(error).code);
}

/** `again`: this is not the first try. */
export async function withRetries<Result>(
  work: (again: boolean) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  for (const [tries, delayMs] of retryDelaysMs.entries()) {
    try {
      return await work(tries > 0);
    } catch (error) {
      if (signal.aborted || !passesByItself(error)) throw error;
      await pause(delayMs, signal);
    }
  }
  return work(true);
}
