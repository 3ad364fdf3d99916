import type { GroupTriage } from '#lib/domain/error-group.ts';
import type { Store } from '#server/store/store.ts';

/**
 * What people decided about groups. A part of a split group that nobody decided anything about has what was decided about the whole: parts come
 * about as letters do, long after the split, and a resolved problem is not open again because someone looked at it more closely.
 */
export async function readTriage({ index, ledger }: Store): Promise<readonly GroupTriage[]> {
  const [triage, splits] = await Promise.all([ledger.listTriage(), ledger.listSplits()]);
  if (splits.length === 0) return triage;
  const known = new Map(triage.map((record) => [record.fingerprint, record]));
  const byOf = new Map(splits.map(({ fingerprint, by }) => [fingerprint, by]));
  const parts = await index.listSplitOff(splits.map(({ fingerprint }) => fingerprint));
  const inherited = parts.flatMap(({ fingerprint, splitFrom }): GroupTriage[] => {
    const whole = known.get(splitFrom.fingerprint);
    if (!whole || known.has(fingerprint) || byOf.get(splitFrom.fingerprint) !== splitFrom.by) return [];
    return [{ ...whole, fingerprint, notes: 0 }];
  });
  return [...triage, ...inherited];
}
