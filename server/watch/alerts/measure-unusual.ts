import { observeUnusual } from '#lib/alerts/observe-queue.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import { historyLeastMs, historyMs, usualCount } from '#lib/alerts/usual.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { type Facts, watchedQueues } from '#server/watch/alerts/facts.ts';
import { countArrived, ofQueue } from '#server/watch/alerts/measure-queues.ts';

/** How much more came than usual. Counted in the index itself, so history that was there before the console counts too. */
export async function measureUnusual(rule: AlertRule, facts: Facts): Promise<readonly Observation[]> {
  const observations: Observation[] = [];
  for (const queue of await watchedQueues(facts, rule.queues)) {
    const from = facts.now - rule.withinMs;
    const arrived = await countArrived(queue, facts, from);
    const count = arrived?.count ?? 0;
    // The past is counted only where there is something to compare with it.
    const usual = arrived === null || count < rule.atLeast ? 0 : await usualOf(rule, queue, facts);
    const seen = { count, usual: arrived === null ? null : usual };
    observations.push(observeUnusual(rule, queue.id, seen, from));
  }
  return observations;
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
