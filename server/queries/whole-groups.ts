import type { Filter } from '#lib/filter/filter.ts';
import { expandGroups, groupsAskedFor } from '#lib/groups/expand-groups.ts';
import type { Store } from '#server/store/store.ts';

/** A filter that asks for groups as people see them, as one for the fingerprints that they consist of at the moment. */
export async function withWholeGroups({ index, ledger }: Store, filter: Filter): Promise<Filter> {
  const asked = groupsAskedFor(filter);
  if (asked.length === 0) return filter;
  const [triage, parts] = await Promise.all([ledger.listTriage(), index.listSplitOff(asked)]);
  const merged = Map.groupBy(triage, (record) => record.mergedInto);
  const split = Map.groupBy(parts, ({ splitFrom }) => splitFrom.fingerprint);
  return expandGroups(filter, (fingerprint) =>
    [...(merged.get(fingerprint) ?? []), ...(split.get(fingerprint) ?? [])].map((each) => each.fingerprint),
  );
}
