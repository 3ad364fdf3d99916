import type { Alert } from '#lib/alerts/alert.ts';
import { observeConnection, observeReplay } from '#lib/alerts/observe-others.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { type Facts, isWatched } from '#server/watch/alerts/facts.ts';
import { measureDeadGroups } from '#server/watch/alerts/measure-dead-groups.ts';
import { measureGroups } from '#server/watch/alerts/measure-groups.ts';
import { measureLag, measureLagReading } from '#server/watch/alerts/measure-lag.ts';
import { measureArrivals, measureDepth, measureExpiring, measureOldest } from '#server/watch/alerts/measure-queues.ts';
import { measureUnusual, type Usuals } from '#server/watch/alerts/measure-unusual.ts';

/**
 * What a rule watches, as the store knows it; no broker is asked. `standing`: the rule's alerts that are pending or firing. Subjects of which there is
 * nothing to say may be left out: they are taken for well.
 */
export async function measure(
  rule: AlertRule,
  facts: Facts,
  standing: readonly Alert[],
  usuals: Usuals,
): Promise<readonly Observation[]> {
  switch (rule.kind) {
    case 'new-group':
    case 'regressed-group':
      return measureGroups(rule, rule.kind, facts, standing);
    case 'depth-above':
      return measureDepth(rule, facts);
    case 'arrivals-above':
      return measureArrivals(rule, facts, standing);
    case 'arrivals-unusual':
      return measureUnusual(rule, facts, usuals);
    case 'oldest-above':
      return measureOldest(rule, facts);
    case 'expiring-within':
      return measureExpiring(rule, facts);
    case 'lag-above':
      return measureLag(rule, facts, standing);
    case 'lag-unread':
      return measureLagReading(rule, facts);
    case 'group-without-members':
      return measureDeadGroups(rule, facts, standing);
    case 'replay-returned':
      return measureReplays(rule, facts, standing);
    case 'connection-failing':
      return (await facts.connections())
        .filter(({ name }) => isWatched(rule.queues, [name]))
        .map((connection) => observeConnection(connection, facts.text));
  }
}

/** Replays that are older and done cannot get any more returns. */
const replaysMax = 100;
const activeStates: ReadonlySet<Replay['state']> = new Set(['queued', 'sending', 'paused', 'watching']);

/** While it goes on, and for a time after its end: also of one that ended since the last round, however long ago that is. */
async function measureReplays(
  rule: AlertRule,
  { store, now, lastAt }: Facts,
  standing: readonly Alert[],
): Promise<readonly Observation[]> {
  const [newest, active] = await Promise.all([
    store.ledger.listReplays({ limit: replaysMax, before: null, withPlans: false }),
    store.ledger.listActiveReplays(),
  ]);
  const replays = new Map([...newest, ...active].map((replay) => [replay.id, replay]));
  const from = (lastAt ?? now) - rule.withinMs;
  return [...replays.values()]
    .filter(({ account, queueIds }) => account.returned > 0 && isWatched(rule.queues, queueIds))
    .map((replay) => {
      const endedAt = replay.settledAt ?? replay.finishedSendingAt ?? replay.confirmedAt ?? replay.createdAt;
      const firedAt = standing.find(({ subject }) => subject.id === replay.id)?.firedAt ?? null;
      const isFresh = endedAt >= from || (firedAt !== null && now - firedAt < rule.withinMs);
      return observeReplay(replay, !activeStates.has(replay.state) && !isFresh);
    });
}
