import type { ReplayAccount } from '#lib/domain/replay.ts';

/** The account of a replay with nothing in it but what is given. */
export function anAccount(counts: Partial<ReplayAccount> = {}): ReplayAccount {
  return {
    total: 0,
    planned: 0,
    intended: 0,
    sent: 0,
    settled: 0,
    skipped: 0,
    failed: 0,
    unknown: 0,
    returned: 0,
    returnedDifferent: 0,
    ...counts,
  };
}
