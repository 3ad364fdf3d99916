import type { Alert } from '#lib/alerts/alert.ts';
import { observeArrivals, observeDepth, observeExpiring, observeOldest } from '#lib/alerts/observe-queue.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import { expiryOf, soonestExpiry } from '#lib/expiry/expiry.ts';
import type { Queue } from '#lib/domain/queue.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { withWholeGroups } from '#server/queries/whole-groups.ts';
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
  const [queues, summaries, closed, connections] = await Promise.all([
    watchedQueues(facts, rule.queues),
    facts.summaries(),
    facts.closed(),
    facts.connections(),
  ]);
  const failing = new Set(connections.filter(({ health }) => health.kind === 'failing').map(({ name }) => name));
  return queues.map((queue) => {
    const summary = summaries.get(queue.id);
    const open = summary?.open ?? 0;
    const held = queue.capabilities.browse === 'log' ? open : Math.max(open, queue.depth?.count ?? 0);
    const count = Math.max(0, held - (closed.byQueue.get(queue.id) ?? 0));
    // What was counted before a broker went away is not told as if it were so now, and nothing ends by it.
    const isNow = queue.reader.kind !== 'failing' && !failing.has(queue.connection);
    return observeDepth(rule, queue.id, { count, oldestAt: summary?.oldestAt ?? null, isNow });
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
    observations.push(
      observeArrivals(rule, queue.id, isMore ? { count: met, capped: false } : arrived, { from, to: facts.now + 1 }),
    );
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
  const { count, capped } = await facts.store.index.countMessages({ filter, range }, countMax);
  // What came, was discarded and was restored since then came once. In a log it is there once, too.
  const isTwice = count > 0 && queue.capabilities.remove;
  const restored = isTwice ? await facts.countRestored(queue.id, range) : 0;
  return { count: Math.max(0, count - restored), capped };
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

/** As the overview and the filter `expires` have it: of what the queue keeps, and of times to live of messages' own. */
export async function measureExpiring(rule: AlertRule, facts: Facts): Promise<readonly Observation[]> {
  const { now } = facts;
  const [queues, summaries] = await Promise.all([watchedQueues(facts, rule.queues), facts.summaries()]);
  const observations: Observation[] = [];
  for (const queue of queues) {
    const { retention, knownBackTo } = queue;
    const summary = summaries.get(queue.id);
    // A queue that keeps for less than the rule's time would always be about to lose something.
    const withinMs = retention.kind === 'for' ? Math.min(rule.withinMs, retention.ms / 2) : rule.withinMs;
    const before = Math.floor(now + withinMs) + 1;
    const soonest = summary ? soonestExpiry(retention, summary) : null;
    if (soonest === null && retention.kind !== 'for') continue;
    const expiring = soonest !== null && soonest.at < before ? await countExpiring(queue, facts, before) : none;
    // Of a log that is read from its newest end nobody has seen the oldest yet.
    const known = knownBackTo === null ? expiring : { ...expiring, count: null };
    observations.push(observeExpiring(rule, queue.id, known, before));
  }
  return observations;
}

const none = { count: 0, capped: false, first: null };
/** Mostly the oldest goes first; where messages have times to live of their own, the first is looked for among so many. */
const lookedAtMax = 500;

async function countExpiring(queue: Queue, facts: Facts, before: number) {
  const { store } = facts;
  const expires: Filter = { kind: 'time', field: 'expires', from: null, to: before };
  const asked = await facts.concerning({ kind: 'and', terms: [openOf(queue), expires] });
  const query = { filter: await withWholeGroups(store, asked), range: { from: null, to: null } };
  const { count, capped } = await store.index.countMessages(query, countMax);
  if (count === 0) return none;
  const page = await store.index.listMessages({ ...query, cursor: null, limit: lookedAtMax, order: 'oldest' });
  const expiries = page.messages.flatMap((message) => expiryOf(queue.retention, message) ?? []);
  return { count, capped, first: expiries.toSorted((a, b) => a.at - b.at)[0] ?? null };
}

async function oldestConcerning(queue: Queue, facts: Facts): Promise<number | null> {
  const filter = await facts.concerning(openOf(queue));
  const range = { from: null, to: null };
  const page = await facts.store.index.listMessages({ filter, range, cursor: null, limit: 1, order: 'oldest' });
  return page.messages[0]?.at ?? null;
}
