import type { Filter } from '#lib/filter/filter.ts';
import { expandGroups, groupsAskedFor } from '#lib/groups/expand-groups.ts';
import type { Store } from '#server/store/store.ts';

/** A filter that asks for groups as people see them, as one for the fingerprints that they consist of at the moment. */
export async function withWholeGroups({ ledger }: Store, filter: Filter): Promise<Filter> {
  if (groupsAskedFor(filter).length === 0) return filter;
  const triage = await ledger.listTriage();
  const merged = Map.groupBy(triage, (record) => record.mergedInto);
  return expandGroups(filter, (fingerprint) => (merged.get(fingerprint) ?? []).map((record) => record.fingerprint));
}
