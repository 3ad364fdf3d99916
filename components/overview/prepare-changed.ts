import type { GroupRow } from '#lib/api/groups.ts';
import type { GroupState } from '#lib/domain/error-group.ts';

/** What was thought solved is the worst news, then what grows, then what is merely new. */
const urgency: Partial<Record<GroupState, number>> = { regressed: 0, escalating: 1, new: 2 };

/** Groups in the order in which they need someone; of equals the largest. */
export function changedFirst(groups: readonly GroupRow[]): readonly GroupRow[] {
  return groups.toSorted((a, b) => (urgency[a.state] ?? 3) - (urgency[b.state] ?? 3) || b.count - a.count);
}
