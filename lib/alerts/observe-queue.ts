import type { AlertSubject } from '#lib/alerts/alert.ts';
import { openFilter, queuePath, rangeBetween, rangeFrom, rangeTo } from '#lib/alerts/paths.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import { counted, instantWords, numberWords, spanWords, timesWords } from '#lib/alerts/words.ts';
import type { Expiry } from '#lib/expiry/expiry.ts';

/*
 * What was counted of a dead-letter queue, as a sentence. A limit is named only while it is passed: the same alert is over with the same words.
 */

function subjectOf(queueId: string): AlertSubject {
  return { kind: 'queue', id: queueId, label: queueId, queueIds: [queueId] };
}

/** `oldestAt`: where the view begins. `isNow`: nothing keeps it from being counted at the moment. */
export function observeDepth(
  rule: AlertRule,
  queueId: string,
  { count, oldestAt, isNow }: { readonly count: number; readonly oldestAt: number | null; readonly isNow: boolean },
): Observation {
  const beyond = count > rule.above ? `, more than ${numberWords(rule.above)}` : '';
  return {
    subject: subjectOf(queueId),
    value: isNow ? count : null,
    sentence: `${queueId} has ${counted(count, 'message')}${beyond}`,
    path: queuePath(queueId, { filter: openFilter, ...(oldestAt === null ? {} : { range: rangeFrom(oldestAt) }) }),
  };
}

/** Of which arrivals were counted; `to` is not in it. What comes later was not meant. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** `null`: how many came is not known yet. */
export function observeArrivals(
  rule: AlertRule,
  queueId: string,
  arrived: { readonly count: number; readonly capped: boolean } | null,
  stretch: Stretch,
): Observation {
  const { count, capped } = arrived ?? { count: 0, capped: false };
  const beyond = count > rule.above ? `, more than ${numberWords(rule.above)}` : '';
  return {
    subject: subjectOf(queueId),
    value: arrived && count,
    sentence: `${queueId} got ${capped ? 'at least ' : ''}${counted(count, 'dead letter')} within ${spanWords(rule.withinMs)}${beyond}`,
    path: queuePath(queueId, { range: rangeBetween(stretch.from, stretch.to) }),
  };
}

/** `usual`: `null` where there is too little history to say. */
export function observeUnusual(
  rule: AlertRule,
  queueId: string,
  { count, usual }: { readonly count: number; readonly usual: number | null },
  stretch: Stretch,
): Observation {
  // Where nothing is usual, one stands for it: there is no multiple of nothing.
  const times = usual === null ? null : count < rule.atLeast ? 0 : count / Math.max(1, usual);
  const beyond =
    times !== null && usual !== null && times > rule.above
      ? `, ${timesWords(times)} the usual ${numberWords(Math.round(usual))}`
      : '';
  return {
    subject: subjectOf(queueId),
    value: times,
    sentence: `${queueId} got ${counted(count, 'dead letter')} within ${spanWords(rule.withinMs)}${beyond}`,
    path: queuePath(queueId, { range: rangeBetween(stretch.from, stretch.to) }),
  };
}

/** `oldestAt`: of the open dead letters whose problem nobody has ignored; `null` without any. */
export function observeOldest(rule: AlertRule, queueId: string, oldestAt: number | null, now: number): Observation {
  const ageMs = oldestAt === null ? 0 : Math.max(0, now - oldestAt);
  const beyond = ageMs > rule.above ? `, for more than ${spanWords(rule.above)}` : '';
  return {
    subject: subjectOf(queueId),
    value: ageMs,
    // By the instant and not by the age, so that it is the same at the next look.
    sentence:
      oldestAt === null
        ? `${queueId} has no open dead letter`
        : `The oldest dead letter of ${queueId} is there since ${instantWords(oldestAt)}${beyond}`,
    path: queuePath(queueId, { filter: openFilter, range: rangeTo(now - rule.above + 1) }),
  };
}

/** `first`: when the first of them goes. `count`: `null` where nobody knows yet. */
export function observeExpiring(
  rule: AlertRule,
  queueId: string,
  { count, capped, first }: { readonly count: number | null; readonly capped: boolean; readonly first: Expiry | null },
  /** What expires earlier does within the rule's time. */
  before: number,
): Observation {
  const verb = first?.bound === 'at-least' ? 'can expire' : count === 1 ? 'expires' : 'expire';
  return {
    subject: subjectOf(queueId),
    value: count,
    sentence:
      count === null || count === 0 || first === null
        ? `Nothing in ${queueId} expires within ${spanWords(rule.withinMs)}`
        : `${capped ? 'At least ' : ''}${counted(count, 'message')} of ${queueId} ${verb} within ${spanWords(rule.withinMs)}, the first ${first.bound === 'at-least' ? 'from' : 'at'} ${instantWords(first.at)}${first.bound === 'at-least' ? ' on' : ''}`,
    path: queuePath(queueId, { filter: `${openFilter} expires:<${new Date(before).toISOString()}` }),
  };
}
