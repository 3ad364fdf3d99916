import { asksForExpiry, expandExpiry } from '#lib/expiry/expand-expiry.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { expandGroups, groupsAskedFor } from '#lib/groups/expand-groups.ts';
import { toErrorRecord } from '#lib/domain/errors.ts';
import type { Ledger, Store } from '#server/store/store.ts';

/**
 * A filter that asks for groups, replays and expiry as people see them, as one for the fingerprints that groups consist of at the moment, for the replays' ids, and for
 * how long each queue keeps its messages.
 */
export async function withWholeGroups({ index, ledger }: Store, given: Filter): Promise<Filter> {
  const timed = asksForExpiry(given) ? expandExpiry(given, await index.listQueues()) : given;
  const filter = await withReplayIds(ledger, timed);
  const asked = groupsAskedFor(filter);
  if (asked.length === 0) return filter;
  const [triage, parts] = await Promise.all([ledger.listTriage(), index.listSplitOff(asked)]);
  const merged = Map.groupBy(triage, (record) => record.mergedInto);
  const split = Map.groupBy(parts, ({ splitFrom }) => splitFrom.fingerprint);
  return expandGroups(filter, (fingerprint) =>
    [...(merged.get(fingerprint) ?? []), ...(split.get(fingerprint) ?? [])].map((each) => each.fingerprint),
  );
}

/** `replay:12` means the replay with that number; ids are never numbers alone. One that there is not stays as it is, and meets nothing. */
async function withReplayIds(ledger: Ledger, filter: Filter): Promise<Filter> {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, terms: await Promise.all(filter.terms.map((term) => withReplayIds(ledger, term))) };
    case 'not':
      return { ...filter, term: await withReplayIds(ledger, filter.term) };
    case 'equals': {
      if (filter.field !== 'replay' || !/^\d{1,15}$/.test(filter.value)) return filter;
      return { ...filter, value: await idOf(ledger, filter.value) };
    }
    default:
      return filter;
  }
}

async function idOf(ledger: Ledger, number: string): Promise<string> {
  try {
    return (await ledger.getReplay(number)).id;
  } catch (error) {
    if (toErrorRecord(error).code === 'not_found') return number;
    throw error;
  }
}
