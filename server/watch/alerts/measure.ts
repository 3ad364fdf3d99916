import type { Alert } from '#lib/alerts/alert.ts';
import {
  lagSubjectId,
  observeConnection,
  observeLag,
  observeLagReading,
  observeReplay,
} from '#lib/alerts/observe-others.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import type { ConnectionLag } from '#lib/domain/lag.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { type Facts, isWatched } from '#server/watch/alerts/facts.ts';
import { measureGroups } from '#server/watch/alerts/measure-groups.ts';
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
    case 'replay-returned':
      return measureReplays(rule, facts, standing);
    case 'connection-failing':
      return (await facts.connections())
        .filter(({ name }) => isWatched(rule.queues, [name]))
        .map((connection) => observeConnection(connection, facts.text));
  }
}

/** A reading that is older than so many of its intervals says nothing of now. */
const freshIntervals = 3;

/** Of thousands of rows only what passes or stands is put into words. */
async function measureLag(rule: AlertRule, facts: Facts, standing: readonly Alert[]): Promise<readonly Observation[]> {
  const [latest, queues] = await Promise.all([facts.store.watch.latestLag(), facts.queues()]);
  const isStanding = new Set(standing.map(({ subject }) => subject.id));
  const ofOrigin = Map.groupBy(
    queues.flatMap(({ id, connection, origins }) => origins.map((origin) => ({ id, name: `${connection}/${origin}` }))),
    ({ name }) => name,
  );
  return latest
    .filter(({ connection }) => facts.isConfigured(connection))
    .flatMap((reading) => {
      const { connection } = reading;
      const isNow = isFresh(reading, facts);
      return reading.rows.flatMap((row) => {
        if (row.kind !== 'group') return [];
        const { group, topic } = row;
        const isPassed = isNow && row.lag !== null && row.lag > rule.above;
        if (!isPassed && !isStanding.has(lagSubjectId({ connection, group, topic }))) return [];
        if (!isWatched(rule.queues, [`${connection}/${topic}`])) return [];
        const queueIds = (ofOrigin.get(`${connection}/${topic}`) ?? []).map(({ id }) => id);
        return [observeLag(rule, { connection, group, topic, lag: isNow ? row.lag : null, queueIds })];
      });
    });
}

function isFresh({ connection, at, tookMs, failing }: ConnectionLag, { now, lagEveryMs }: Facts): boolean {
  const everyMs = lagEveryMs(connection);
  return (
    failing === null && at !== null && (everyMs === null || now - at <= freshIntervals * (everyMs + (tookMs ?? 0)))
  );
}

async function measureLagReading(rule: AlertRule, facts: Facts): Promise<readonly Observation[]> {
  const [latest, connections] = await Promise.all([facts.store.watch.latestLag(), facts.connections()]);
  return connections
    .filter(({ name }) => isWatched(rule.queues, [name]) && facts.lagEveryMs(name) !== null)
    .map((connection) => {
      const failing = latest.find((each) => each.connection === connection.name)?.failing ?? null;
      const told = failing && { message: facts.text(failing.error.message), since: failing.since };
      return observeLagReading(connection, told);
    });
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
