import { withTerm } from '#components/filter-bar/prepare-filter.ts';
import type { Tone } from '#components/ui/pill.tsx';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import { relativeTime } from '#components/ui/times.ts';
import type { z } from 'zod';
import type { GroupChange, GroupRow, groupsQuery, GroupsResponse } from '#lib/api/groups.ts';
import { groupStates, type GroupState } from '#lib/domain/error-group.ts';
import { splitQueueId } from '#lib/domain/queue.ts';

/** States that ask for someone, and those where a person has decided. The first are shown at the start. */
export const openStates = ['new', 'escalating', 'regressed', 'ongoing'] as const satisfies readonly GroupState[];
/** Of these someone has not heard yet, or not like this: what changed, worst first. */
export const changedStates = ['regressed', 'escalating', 'new'] as const satisfies readonly GroupState[];
export const closedStates = ['ignored', 'resolved'] as const satisfies readonly GroupState[];

export const groupTones: Record<GroupState, Tone> = {
  new: 'attention',
  escalating: 'failing',
  regressed: 'failing',
  ongoing: 'plain',
  ignored: 'plain',
  resolved: 'settled',
};

export const groupMeanings: Record<GroupState, string> = {
  new: 'Its first dead letter is less than a day old',
  escalating: 'Far more in the last hour than usual',
  regressed: 'It was resolved, and failed again',
  ongoing: 'It goes on as usual',
  ignored: 'A person said that it may be left alone',
  resolved: 'A person said that it is solved, and nothing came since',
};

type GroupSort = z.output<typeof groupsQuery>['sort'];

/** The heads of the columns by which the table can be ordered, and the same as a choice. */
export const sortHeads: Record<GroupSort, string> = { count: 'Letters', first: 'First', last: 'Last', trend: 'Trend' };
export const sortLabels: Record<GroupSort, string> = {
  count: 'Most dead letters',
  last: 'Last seen',
  first: 'First seen',
  trend: 'Rising most',
};

/** A title as `errorClass: message`, where it begins with a class. */
export function titleParts(title: string): { readonly errorClass: string | null; readonly message: string | null } {
  const match = /^([A-Za-z_$][\w$-]*)(?:: ([^]*))?$/.exec(title);
  if (!match) return { errorClass: null, message: title };
  return { errorClass: match[1] ?? null, message: match[2] ?? null };
}

/** The names of the first queues and how many there are beside them. */
export function shownQueues(
  queues: GroupRow['queues'],
  max = 2,
): { readonly names: readonly string[]; readonly more: number } {
  return {
    names: queues.slice(0, max).map(({ queueId }) => queueName(queueId)),
    more: Math.max(0, queues.length - max),
  };
}

export function queueName(queueId: string): string {
  return splitQueueId(queueId)?.name ?? queueId;
}

/** How many groups are in one of the states. */
export function countIn(byState: GroupsResponse['byState'], states: readonly GroupState[]): number {
  return states.reduce((sum, state) => sum + (byState[state] ?? 0), 0);
}

/** `1,204 dead letters are 4 problems, 2 of them changed`, in whatever state; `null` where nothing is. */
export function problemsSentence({ byState, count }: Pick<GroupsResponse, 'byState' | 'count'>): string | null {
  const groups = countIn(byState, groupStates);
  if (groups === 0) return null;
  const changed = countIn(byState, changedStates);
  const said = `${countOf(count, 'dead letter')} ${count === 1 ? 'is' : 'are'} ${countOf(groups, 'problem')}`;
  return changed === 0 ? said : `${said}, ${formatCount(changed)} of them changed`;
}

/** Where not all groups that were asked for are there: how many are, and the way to the others. */
export function cutWords(
  { groups, byState }: Pick<GroupsResponse, 'groups' | 'byState'>,
  states: readonly GroupState[],
): string | null {
  const all = countIn(byState, states);
  return groups.length >= all
    ? null
    : `the first ${formatCount(groups.length)} of ${countOf(all, 'problem')}: narrow the filter for the others`;
}

/** The term that means a group's dead letters, and those of all that was merged into it. */
export function groupTerm(fingerprint: string): string {
  return `group:${fingerprint}`;
}

/** Those of a group's dead letters that a filter meets. */
export function groupWithin(filter: string, fingerprint: string): string {
  return withTerm(filter, groupTerm(fingerprint));
}

/** Its dead letters that a replay could still put back. */
export function openFilter(fingerprint: string): string {
  return `${groupTerm(fingerprint)} -state:gone -state:replayed -state:discarded`;
}

/** How long it is ignored, as the end of a sentence. */
export function ignoredWords(until: number | null, now: number): string {
  return until === null ? 'for good' : `for ${relativeTime(now, until)}`;
}

/** The change that brings a group's state and owner back to what they are in `row`. */
export function undoOf(row: Decided & Pick<GroupRow, 'owner'>, change: GroupChange): GroupChange {
  return {
    ...(change.state === undefined ? {} : stateAgain(row)),
    ...(change.owner === undefined ? {} : { owner: row.owner }),
  };
}

type Decided = Pick<GroupRow, 'state' | 'ignoredUntil' | 'resolvedAt'>;

/** A regressed group was resolved: with the old decision and its time what came since makes it regressed again. */
function stateAgain(row: Decided): GroupChange {
  if (row.resolvedAt !== null) return { state: 'resolved', resolvedAt: row.resolvedAt };
  if (row.state === 'ignored') return { state: 'ignored', ignoredUntil: row.ignoredUntil };
  return { state: 'open' };
}

/** What a change did, in the past tense, for the toast. */
export function changeWords(change: GroupChange, names: readonly string[], now: number): string {
  const what = names.length === 1 ? `“${names[0]}”` : countOf(names.length, 'group');
  if (change.mergeInto === null) return `${what} ${names.length === 1 ? 'stands' : 'stand'} for itself again`;
  if (change.splitBy === null) return `${what} is one group again`;
  if (change.splitBy !== undefined)
    return `${what} is split by ${change.splitBy === 'queue' ? 'queue' : 'event type'}: its groups appear in a moment`;
  if (change.owner === null) return `${what} ${names.length === 1 ? 'has' : 'have'} no owner now`;
  if (change.owner !== undefined) return `${what} now ${names.length === 1 ? 'belongs' : 'belong'} to ${change.owner}`;
  if (change.state === 'resolved') return `${what} resolved`;
  if (change.state === 'ignored') return `${what} ignored ${ignoredWords(change.ignoredUntil ?? null, now)}`;
  if (change.state === 'open') return `${what} open again`;
  return `${what} changed`;
}

/** How long a group can be ignored with one click. */
export const ignoreSpans = [
  { label: '1 hour', spanMs: 3_600_000 },
  { label: '1 day', spanMs: 86_400_000 },
  { label: '1 week', spanMs: 604_800_000 },
  { label: 'For good', spanMs: null },
] as const;

export interface HeldOrder {
  readonly rows: readonly GroupRow[];
  /** What reading it again in its own order would show; `null` where that is nothing else. */
  readonly announcement: string | null;
}

/**
 * The newest counts in the order in which the rows already stand, so that none moves under the pointer. What is new waits to be asked for, and
 * what no longer matches leaves.
 */
export function inHeldOrder(held: readonly string[], fresh: readonly GroupRow[]): HeldOrder {
  const now = new Map(fresh.map((row) => [row.fingerprint, row]));
  const rows = held.flatMap((fingerprint) => now.get(fingerprint) ?? []);
  const added = fresh.length - rows.length;
  if (added > 0) return { rows, announcement: `${formatCount(added)} new ${added === 1 ? 'group' : 'groups'}` };
  const moved = rows.some((row, index) => row !== fresh[index]);
  return { rows, announcement: moved ? 'The order changed' : null };
}

/** The group that the others of a selection are merged into: the one with the most dead letters, the oldest of equals. */
export function mergeHead(rows: readonly GroupRow[]): GroupRow | null {
  return rows.toSorted((a, b) => b.count - a.count || a.firstAt - b.firstAt)[0] ?? null;
}
