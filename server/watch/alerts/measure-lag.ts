import type { Alert } from '#lib/alerts/alert.ts';
import { lagSubjectId, observeLag, observeLagReading } from '#lib/alerts/observe-others.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import type { ConnectionLag } from '#lib/domain/lag.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { type Facts, isWatched } from '#server/watch/alerts/facts.ts';

/** A reading that is older than so many of its intervals says nothing of now. */
const freshIntervals = 3;

/** Of thousands of rows only what passes or stands is put into words. */
export async function measureLag(
  rule: AlertRule,
  facts: Facts,
  standing: readonly Alert[],
): Promise<readonly Observation[]> {
  const [latest, queues] = await Promise.all([facts.store.watch.latestLag(), facts.queues()]);
  const isStanding = new Set(standing.map(({ subject }) => subject.id));
  const ofOrigin = queuesOfOrigins(queues);
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
        const queueIds = ofOrigin(`${connection}/${topic}`);
        return [observeLag(rule, { connection, group, topic, lag: isNow ? row.lag : null, queueIds })];
      });
    });
}

export function isFresh({ connection, at, tookMs, failing }: ConnectionLag, { now, lagEveryMs }: Facts): boolean {
  const everyMs = lagEveryMs(connection);
  return (
    failing === null && at !== null && (everyMs === null || now - at <= freshIntervals * (everyMs + (tookMs ?? 0)))
  );
}

export async function measureLagReading(rule: AlertRule, facts: Facts): Promise<readonly Observation[]> {
  const [latest, connections] = await Promise.all([facts.store.watch.latestLag(), facts.connections()]);
  return connections
    .filter(({ name }) => isWatched(rule.queues, [name]) && facts.lagEveryMs(name) !== null)
    .map((connection) => {
      const failing = latest.find((each) => each.connection === connection.name)?.failing ?? null;
      const told = failing && { message: facts.text(failing.error.message), since: failing.since };
      return observeLagReading(connection, told);
    });
}

/** The dead-letter queues of what is read, by `connection/topic`. */
export function queuesOfOrigins(queues: readonly Queue[]): (name: string) => readonly string[] {
  const ofOrigin = Map.groupBy(
    queues.flatMap(({ id, connection, origins }) => origins.map((origin) => ({ id, name: `${connection}/${origin}` }))),
    ({ name }) => name,
  );
  return (name) => (ofOrigin.get(name) ?? []).map(({ id }) => id);
}
