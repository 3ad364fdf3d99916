import type { GroupDecision, GroupState } from '#lib/domain/error-group.ts';

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Over these the last hour is compared with what is usual. */
export const lastHourMs = hourMs;
export const usualMs = 7 * dayMs;

/** A few more than usual are no news. */
export const escalatingLeast = 10;
const escalatingTimes = 4;

/** What the state of a group is made of. */
export interface GroupSigns {
  /** What a person decided last; `null` where nobody did. */
  readonly decision: GroupDecision | null;
  readonly firstAt: number;
  /** The first dead letter that came about and arrived after the group was resolved; `null` without one. */
  readonly regressedAt: number | null;
  /** Dead letters of the last hour. */
  readonly lastHour: number;
  /** Of the seven days before that hour. */
  readonly weekBefore: number;
}

/** Decisions come first; of what a group does by itself, the news that needs someone soonest. */
export function groupState(signs: GroupSigns, now: number): GroupState {
  const { decision } = signs;
  if (decision?.kind === 'ignored' && isIgnored(decision, now)) return 'ignored';
  if (decision?.kind === 'resolved') return signs.regressedAt === null ? 'resolved' : 'regressed';
  if (isEscalating(signs, now)) return 'escalating';
  return now - signs.firstAt < dayMs ? 'new' : 'ongoing';
}

function isIgnored({ until }: { readonly until: number | null }, now: number): boolean {
  return until === null || now < until;
}

/**
 * A group that is younger than the days that it is compared with has no usual hour: it is new, and its first hours are not a rise. So the days
 * before its first dead letter do not count as quiet ones.
 */
function isEscalating({ lastHour, weekBefore, firstAt }: GroupSigns, now: number): boolean {
  const known = Math.min(usualMs, now - lastHourMs - firstAt);
  if (known < dayMs) return false;
  return lastHour >= Math.max(escalatingLeast, escalatingTimes * (weekBefore / (known / hourMs)));
}
