import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { GroupRow, GroupsResponse } from '#lib/api/groups.ts';
import type { OverviewResponse } from '#lib/api/queues.ts';
import type { GroupState } from '#lib/domain/error-group.ts';

/** What was thought solved is the worst news, then what grows, then what is merely new. */
const urgency: Partial<Record<GroupState, number>> = { regressed: 0, escalating: 1, new: 2 };

/** Groups in the order in which they need someone, each once; of equals the largest. */
export function changedFirst(groups: readonly GroupRow[]): readonly GroupRow[] {
  const each = new Map(groups.map((group) => [group.fingerprint, group]));
  return [...each.values()].toSorted((a, b) => (urgency[a.state] ?? 3) - (urgency[b.state] ?? 3) || b.count - a.count);
}

/** How much anybody could look at: no connection has told of a queue yet, one does not answer, or all of it. */
export type Looked = 'none' | 'some' | 'all';

export function lookedAt({ connections, queues }: Pick<OverviewResponse, 'connections' | 'queues'>): Looked {
  if (queues.length === 0 && !connections.some(({ health }) => health.kind === 'live')) return 'none';
  return connections.some(({ health }) => health.kind === 'failing') ? 'some' : 'all';
}

/** What is said where no group changed: that there is none only when everything was read, and could be. */
export function quietWords(
  { reading, searchedTo }: Pick<GroupsResponse, 'reading' | 'searchedTo'>,
  looked: Looked,
): string {
  if (looked === 'none') return 'Nobody has looked yet.';
  if (reading.length > 0) return `No problem so far: ${countOf(reading.length, 'queue')} still being read.`;
  if (searchedTo !== null) return 'No problem among the dead letters that were looked at.';
  if (looked === 'some') return 'No problem is new in what could be read: not every connection answers.';
  return 'No problem is new, escalates or has come back.';
}

/** How many of a problem's dead letters are open, as the queues below count them, and beside it how many there were in all. */
export function openOfAll({ open, count }: Pick<GroupRow, 'open' | 'count'>): {
  readonly open: string;
  readonly rest: string;
} {
  return { open: formatCount(open), rest: open === count ? ' open' : ` of ${formatCount(count)} open` };
}
