import type { Alert } from '#lib/alerts/alert.ts';
import { observeGroup } from '#lib/alerts/observe-others.ts';
import type { Observation } from '#lib/alerts/round.ts';
import { type AlertRule, standingMax } from '#lib/alerts/rule.ts';
import type { GroupState } from '#lib/domain/error-group.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { withWholeGroups } from '#server/queries/whole-groups.ts';
import type { GroupEntry } from '#server/store/group-store.ts';
import { type Facts, isWatched } from '#server/watch/alerts/facts.ts';

const groupsMax = 500;
const resolvedMax = 1_000;
/** Nobody looked for longer: what came about before is old news. */
const awayMaxMs = 7 * 86_400_000;

export async function measureGroups(
  rule: AlertRule,
  kind: 'new-group' | 'regressed-group',
  facts: Facts,
  standing: readonly Alert[],
): Promise<readonly Observation[]> {
  const groups = kind === 'new-group' ? await newGroups(rule, facts, standing) : await regressedGroups(facts);
  const isOfConfigured = (id: string) => facts.isConfigured(splitQueueId(id)?.connection ?? '');
  return groups.flatMap(({ group, at }) => {
    const queueIds = group.queues.map(({ queueId }) => queueId);
    if (!isWatched(rule.queues, queueIds) || !queueIds.some(isOfConfigured)) return [];
    const title = facts.text(group.description.title);
    return [observeGroup(kind, { fingerprint: group.fingerprint, title, queueIds, at })];
  });
}

interface Dated {
  readonly group: GroupEntry;
  readonly at: number;
}

/** Until a person decided about it or nothing of it is left, and no longer than the rule says; what came while we were away as well. */
async function newGroups(rule: AlertRule, facts: Facts, standing: readonly Alert[]): Promise<readonly Dated[]> {
  const { now, lastAt, store } = facts;
  const states = ['new', 'escalating', 'ongoing'] as const;
  const from = Math.max((lastAt ?? now) - rule.withinMs, now - awayMaxMs);
  const met = await listGroups(facts, { kind: 'all' }, from, states);
  const byTime = met.filter(({ firstAt }) => firstAt >= from);
  const arrived = (await newlyMet(facts)).filter((id) => !byTime.some((group) => group.fingerprint === id));
  const byArrival =
    arrived.length === 0 ? [] : await listGroups(facts, { kind: 'group', fingerprints: arrived }, null, states);
  // Who was told of it once knows it: what comes back after that is not new.
  const told = new Set((await store.ledger.listResolvedAlerts(resolvedMax)).flatMap(toldGroup));
  const fresh = [...byTime, ...byArrival].filter(({ fingerprint, open }) => open > 0 && !told.has(fingerprint));
  const known = standing.filter(({ firedAt }) => firedAt !== null && now - firedAt < rule.withinMs);
  const kept = known.map(({ subject }) => subject.id).filter((id) => !fresh.some((group) => group.fingerprint === id));
  const still = kept.length === 0 ? [] : await listGroups(facts, { kind: 'group', fingerprints: kept }, null, states);
  const isStanding = (group: GroupEntry) => standing.some(({ subject }) => subject.id === group.fingerprint);
  const dated: Dated[] = [];
  for (const group of [...still.filter(({ open }) => open > 0), ...fresh]) {
    // Beyond those that are told one by one nobody reads which they are.
    const isLookedAt = byTime.includes(group) && !isStanding(group) && dated.length < 2 * standingMax;
    if (isLookedAt && (await wasThereBefore(group, facts))) continue;
    dated.push({ group, at: group.firstAt });
  }
  return dated;

  function toldGroup(alert: Alert): string[] {
    return alert.rule === rule.name && alert.subject.kind === 'group' ? [alert.subject.id] : [];
  }
}

/** Of which all that there is came since the last round, whatever times it says: a broker was away, or a redrive kept the old ones. */
async function newlyMet({ store, news, lastPlace }: Facts): Promise<readonly string[]> {
  if (lastPlace === null || news.length === 0) return [];
  const met = [...new Set(news.map(({ fingerprint }) => fingerprint))];
  const before = new Set(await store.index.listMetBy(met, lastPlace));
  return met.filter((fingerprint) => !before.has(fingerprint)).slice(0, groupsMax);
}

/** A queue that gives no times tells none of the first read's messages from those that came a moment ago. */
async function wasThereBefore(group: GroupEntry, { store, baselineOf }: Facts): Promise<boolean> {
  const filter = await withWholeGroups(store, { kind: 'group', fingerprints: [group.fingerprint] });
  const range = { from: null, to: null };
  const page = await store.index.listMessages({ filter, range, cursor: null, limit: 1, order: 'oldest' });
  const [first] = page.messages;
  if (first?.atIs !== 'first-seen') return false;
  const baseline = baselineOf(splitQueueId(first.queueId)?.connection ?? '');
  return baseline === null || first.firstSeenAt <= baseline;
}

/** Until a person decides anew. */
async function regressedGroups(facts: Facts): Promise<readonly Dated[]> {
  const resolved = (await facts.triage()).filter(
    ({ decision, mergedInto }) => decision.kind === 'resolved' && mergedInto === null,
  );
  if (resolved.length === 0) return [];
  const fingerprints = resolved.map(({ fingerprint }) => fingerprint);
  const groups = await listGroups(facts, { kind: 'group', fingerprints }, null, ['regressed']);
  return groups.map((group) => ({ group, at: group.regressedAt ?? group.lastAt }));
}

async function listGroups(
  { store, now, triage }: Facts,
  of: Filter,
  from: number | null,
  states: readonly GroupState[],
): Promise<readonly GroupEntry[]> {
  const list = await store.index.listGroups({
    filter: await withWholeGroups(store, of),
    range: { from, to: null },
    now,
    triage: await triage(),
    states,
    sort: 'first',
    limit: groupsMax,
  });
  return list.groups;
}
