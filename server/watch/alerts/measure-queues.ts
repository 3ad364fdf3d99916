import type { Alert } from '#lib/alerts/alert.ts';
import { observeArrivals, observeDepth, observeExpiring, observeOldest } from '#lib/alerts/observe-queue.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import { expiryOf } from '#lib/expiry/expiry.ts';
import type { Queue } from '#lib/domain/queue.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { type Facts, watchedQueues } from '#server/watch/alerts/facts.ts';

const hourMs = 3_600_000;

/** Beyond these it is "at least". */
const countMax = 100_000;

export function ofQueue(queue: Queue): Filter {
  return { kind: 'equals', field: 'queue', value: queue.id };
}

/** A replay could still put them back. */
function openOf(queue: Queue): Filter {
  const closed = (['gone', 'replayed', 'discarded'] as const).map((state): Filter => ({
    kind: 'not',
    term: { kind: 'state', state },
  }));
  return { kind: 'and', terms: [ofQueue(queue), ...closed] };
}

/** What a log still holds after it was replayed is no longer there for anybody; of a queue the broker knows of messages that were not read yet. */
export async function measureDepth(rule: AlertRule, facts: Facts): Promise<readonly Observation[]> {
  const [queues, summaries, closed] = await Promise.all([
    watchedQueues(facts, rule.queues),
    facts.summaries(),
    facts.closed(),
  ]);
  return queues.map((queue) => {
    const summary = summaries.get(queue.id);
    const open = summary?.open ?? 0;
    const held = queue.capabilities.browse === 'log' ? open : Math.max(open, queue.depth?.count ?? 0);
    const count = Math.max(0, held - (closed.byQueue.get(queue.id) ?? 0));
    return observeDepth(rule, queue.id, { count, oldestAt: summary?.oldestAt ?? null });
  });
}

export async function measureArrivals(
  rule: AlertRule,
  facts: Facts,
  standing: readonly Alert[],
): Promise<readonly Observation[]> {
  const [queues, summaries] = await Promise.all([watchedQueues(facts, rule.queues), facts.summaries()]);
  const observations: Observation[] = [];
  for (const queue of queues) {
    // The overview's last hour tells of most queues that nothing is to be counted.
    const lastHour = summaries.get(queue.id)?.hourly.at(-1) ?? 0;
    const from = facts.now - rule.withinMs;
    // What messages say of their times may be long ago: after an outage, or where a redrive keeps it.
    const met = await facts.countNews(queue.id, from);
    const isQuiet = rule.withinMs <= hourMs && lastHour <= rule.above && met <= rule.above;
    if (isQuiet && !standing.some(({ subject }) => subject.id === queue.id)) continue;
    const arrived = await countArrived(queue, facts, from);
    const isMore = arrived !== null && met > arrived.count;
    observations.push(observeArrivals(rule, queue.id, isMore ? { count: met, capped: false } : arrived, from));
  }
  return observations;
}

/** `null` while the connection is read for the first time: what was there already did not arrive. */
export async function countArrived(
  queue: Queue,
  facts: Facts,
  from: number,
): Promise<{ readonly count: number; readonly capped: boolean } | null> {
  const baseline = facts.baselineOf(queue.connection);
  if (baseline === null) return null;
  const filter = await facts.concerning(ofQueue(queue));
  const range = { from: Math.max(from, baseline), to: facts.now + 1 };
  return facts.store.index.countMessages({ filter, range }, countMax);
}

export async function measureOldest(rule: AlertRule, facts: Facts): Promise<readonly Observation[]> {
  const [queues, summaries] = await Promise.all([watchedQueues(facts, rule.queues), facts.summaries()]);
  const observations: Observation[] = [];
  for (const queue of queues) {
    const oldestAt = summaries.get(queue.id)?.oldestAt ?? null;
    const isOld = oldestAt !== null && facts.now - oldestAt > rule.above;
    // Only what is old is looked at more closely: most of the time nothing is.
    observations.push(
      observeOldest(rule, queue.id, isOld ? await oldestConcerning(queue, facts) : oldestAt, facts.now),
    );
  }
  return observations;
}

export async function measureExpiring(rule: AlertRule, facts: Facts): Promise<readonly Observation[]> {
  const { store, now } = facts;
  const [queues, summaries] = await Promise.all([watchedQueues(facts, rule.queues), facts.summaries()]);
  const observations: Observation[] = [];
  for (const queue of queues) {
    const { retention } = queue;
    if (retention.kind !== 'for') continue;
    // A queue that keeps for less than the rule's time would always be about to lose something.
    const olderThan = now + Math.min(rule.withinMs, retention.ms / 2) - retention.ms;
    const oldestAt = summaries.get(queue.id)?.oldestAt ?? null;
    const isDue = oldestAt !== null && oldestAt <= olderThan;
    const first = isDue ? await oldestConcerning(queue, facts) : null;
    const filter = await facts.concerning(openOf(queue));
    const { count, capped } =
      first === null || first > olderThan
        ? { count: 0, capped: false }
        : await store.index.countMessages({ filter, range: { from: null, to: olderThan + 1 } }, countMax);
    const expiry = first === null ? null : expiryOf(retention, { at: first, atIs: 'said' });
    observations.push(observeExpiring(rule, queue.id, { count, capped, first: expiry }, olderThan + 1));
  }
  return observations;
}

async function oldestConcerning(queue: Queue, facts: Facts): Promise<number | null> {
  const filter = await facts.concerning(openOf(queue));
  const range = { from: null, to: null };
  const page = await facts.store.index.listMessages({ filter, range, cursor: null, limit: 1, order: 'oldest' });
  return page.messages[0]?.at ?? null;
}
