import type { Alert } from '#lib/alerts/alert.ts';
import { deadGroupSubject, growsUnread, observeDeadGroup } from '#lib/alerts/dead-groups.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import type { ConnectionLag, GroupLag, LatestLagRow } from '#lib/domain/lag.ts';
import { type Facts, isWatched } from '#server/watch/alerts/facts.ts';
import { isFresh, queuesOfOrigins } from '#server/watch/alerts/measure-lag.ts';

/** So far back is looked for what came: a group of a quiet topic dies too. Single samples are kept for as long. */
const lookBackMs = 60 * 60_000;
/** So long a lag must not have fallen: who commits reads, member or not. */
const unreadMs = 5 * 60_000;
/** As a broker calls a group without members: `empty` (classic, consumer, share), `dead`. */
const withoutMembers: ReadonlySet<string> = new Set(['empty', 'dead']);

type GroupRow = LatestLagRow & GroupLag;

/**
 * Consumer groups without members that fall behind. It begins where a lag grows; it stands while nobody reads and something is left, though nothing
 * more may come at night.
 */
export async function measureDeadGroups(
  rule: AlertRule,
  facts: Facts,
  standing: readonly Alert[],
): Promise<readonly Observation[]> {
  const [latest, queues] = await Promise.all([facts.store.watch.latestLag(), facts.queues()]);
  const ofOrigin = queuesOfOrigins(queues);
  const isFiring = new Map(standing.map(({ subject, phase }) => [subject.id, phase === 'firing']));
  const observations: Observation[] = [];
  for (const reading of latest) {
    const { connection } = reading;
    if (!facts.isConfigured(connection)) continue;
    const isNow = isFresh(reading, facts);
    for (const [group, rows] of groupsOf(rule, reading)) {
      const { id } = deadGroupSubject({ connection, group });
      if (!isFiring.has(id) && !(isNow && isDead(rows))) continue;
      const behind = rows.flatMap(({ topic, lag }) => (lag !== null && lag > 0 ? [{ topic, lag }] : []));
      const topics = behind.toSorted((a, b) => b.lag - a.lag);
      const queueIds = [...new Set(topics.flatMap(({ topic }) => ofOrigin(`${connection}/${topic}`)))];
      const seen = observeDeadGroup({ connection, group, topics, queueIds }, isNow && !isUnknown(rows));
      const isSo = isDead(rows) && (isFiring.get(id) === true || (await grows(rows, facts)));
      observations.push(seen.value === null || isSo ? seen : { ...seen, value: 0 });
    }
  }
  return observations;
}

/** Rows of topics that are watched. */
function groupsOf(rule: AlertRule, { connection, rows }: ConnectionLag): Map<string, GroupRow[]> {
  const watched = rows.flatMap((row) =>
    row.kind === 'group' && isWatched(rule.queues, [`${connection}/${row.topic}`]) ? [row] : [],
  );
  return Map.groupBy(watched, ({ group }) => group);
}

function isDead(rows: readonly GroupRow[]): boolean {
  return (
    rows.every(({ state, members }) => withoutMembers.has(state) && members === 0) &&
    rows.some(({ lag }) => lag !== null && lag > 0)
  );
}

/** It changes its coordinator, or nobody may describe it. */
function isUnknown(rows: readonly GroupRow[]): boolean {
  return rows.some(({ gap, members }) => gap === 'moving' || members === null);
}

async function grows(rows: readonly GroupRow[], { store, now }: Facts): Promise<boolean> {
  const trends = await store.watch.lagTrend({
    series: rows.map(({ series }) => series),
    from: now - lookBackMs,
    to: now,
  });
  return trends.some(({ points }) => growsUnread(points, now - unreadMs));
}
