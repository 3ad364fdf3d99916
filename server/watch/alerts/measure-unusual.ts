import { observeUnusual } from '#lib/alerts/observe-queue.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import { historyLeastMs, historyMs, usualCount } from '#lib/alerts/usual.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { type Facts, watchedQueues } from '#server/watch/alerts/facts.ts';
import { countArrived, ofQueue } from '#server/watch/alerts/measure-queues.ts';

/** What is usual in each queue, as it was counted last. */
export interface Usuals {
  readonly counted: Map<string, { readonly at: number; readonly usual: number | null }>;
}

export function createUsuals(): Usuals {
  return { counted: new Map() };
}

/** What is usual changes slowly, and a week is counted at some length: so many queues a round, those first that were never counted, each as often as this. */
const countedMax = 10;
const freshMs = 15 * 60_000;

/** How much more came than usual. Counted in the index itself, so history that was there before the console counts too. */
export async function measureUnusual(rule: AlertRule, facts: Facts, usuals: Usuals): Promise<readonly Observation[]> {
  const from = facts.now - rule.withinMs;
  const stretch = { from, to: facts.now + 1 };
  const busy: { readonly queue: Queue; readonly count: number; readonly at: number }[] = [];
  const observations: Observation[] = [];
  for (const queue of await watchedQueues(facts, rule.queues)) {
    const arrived = await countArrived(queue, facts, from);
    // The past is counted only where there is something to compare with it.
    if (arrived && arrived.count >= rule.atLeast)
      busy.push({ queue, count: arrived.count, at: usuals.counted.get(nameOf(rule, queue))?.at ?? 0 });
    else
      observations.push(observeUnusual(rule, queue.id, { count: arrived?.count ?? 0, usual: arrived && 0 }, stretch));
  }
  let left = countedMax;
  for (const { queue, count, at } of busy.toSorted((a, b) => a.at - b.at || b.count - a.count)) {
    if (facts.now - at >= freshMs && left > 0) {
      left -= 1;
      usuals.counted.set(nameOf(rule, queue), { at: facts.now, usual: await usualOf(rule, queue, facts) });
    }
    const usual = usuals.counted.get(nameOf(rule, queue))?.usual ?? null;
    observations.push(observeUnusual(rule, queue.id, { count, usual }, stretch));
  }
  return observations;
}

function nameOf(rule: AlertRule, queue: Queue): string {
  return JSON.stringify([rule.name, queue.id]);
}

/** `null` with too little history. Time before the first dead letter is none: nobody knows whether the queue was there. */
async function usualOf(rule: AlertRule, queue: Queue, facts: Facts): Promise<number | null> {
  const { store, now } = facts;
  const filter = await facts.concerning(ofQueue(queue));
  const to = now - rule.withinMs;
  const oldest = await store.index.listMessages({
    filter,
    range: { from: to - historyMs, to },
    cursor: null,
    limit: 1,
    order: 'oldest',
  });
  const begun = Math.max(oldest.messages[0]?.at ?? now, queue.knownBackTo ?? 0);
  const stretches = Math.floor((to - begun) / rule.withinMs);
  if (stretches * rule.withinMs < historyLeastMs) return null;
  const timeline = await store.index.readTimeline({
    filter,
    range: { from: to - stretches * rule.withinMs, to },
    now,
    triage: [],
    buckets: stretches,
    groups: 0,
  });
  return usualCount(timeline.other.counts.toReversed(), rule.withinMs);
}
