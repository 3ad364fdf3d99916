import { titleParts } from '#components/groups/prepare-groups.ts';
import type { FacetField } from '#components/queries/facets.ts';
import type { GroupRow, GroupsResponse } from '#lib/api/groups.ts';
import { groupStates } from '#lib/domain/error-group.ts';
import { splitQueueId } from '#lib/domain/queue.ts';

export const facetTitles: Record<FacetField, string> = {
  queue: 'Queue',
  state: 'State',
  type: 'Event type',
  origin: 'Origin',
  key: 'Key',
  class: 'Error class',
};

/** In the order in which they stand. A queue's own page has no use for its queue. */
export function facetsOfPage(queueId: string | null): readonly FacetField[] {
  const all: readonly FacetField[] = ['queue', 'state', 'type', 'origin', 'key', 'class'];
  return queueId === null ? all : all.filter((field) => field !== 'queue');
}

/** A value as the list shows it: a queue by its name, because the connection rarely tells two apart. */
export function facetLabel(field: FacetField, value: string): string {
  return field === 'queue' ? (splitQueueId(value)?.name ?? value) : value;
}

export interface GroupWords {
  /** What kind of error: its class, else the broker's reason. */
  readonly head: string;
  /** What it says, without what differs from message to message. */
  readonly says: string | null;
}

export function groupWords({ title, reason }: Pick<GroupRow, 'title' | 'reason'>): GroupWords {
  const { errorClass, message } = titleParts(title);
  if (errorClass !== null) return { head: errorClass, says: message };
  if (reason === null || reason === title) return { head: title, says: null };
  return { head: reason, says: title };
}

/** How many groups the list leaves out. */
export function groupsLeftOut(answer: Pick<GroupsResponse, 'groups' | 'byState'>): number {
  const all = groupStates.reduce((sum, state) => sum + (answer.byState[state] ?? 0), 0);
  return Math.max(0, all - answer.groups.length);
}

/** As many as have a colour of their own in the timeline; a chosen one is always there. */
const unfoldedMax = 8;

export function shownGroups(groups: readonly GroupRow[], chosen: readonly string[], all: boolean): readonly GroupRow[] {
  if (all) return groups;
  return groups.filter((group, index) => index < unfoldedMax || chosen.includes(group.fingerprint));
}
