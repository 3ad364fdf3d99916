import type { ConnectionRisks } from '#lib/api/risks.ts';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import type { Queue } from '#lib/domain/queue.ts';
import { findRisks } from '#lib/risks/find-risks.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { AlertSettings } from '#server/config/alert-settings.ts';
import { failed, type Say } from '#server/log/log.ts';
import type { Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';
import { readRiskRecord, saveRiskRecord } from '#server/watch/risks/risk-record.ts';

export interface RiskWatch {
  readonly store: Pick<Store, 'index' | 'watch'>;
  readonly clock: Clock;
  readonly connections: readonly {
    readonly name: string;
    readonly kind: BrokerKind;
    readonly driver: Pick<BrokerDriver, 'topology'>;
  }[];
  readonly alerts: Pick<AlertSettings, 'rules' | 'receivers'>;
  readonly everyMs?: number;
  /** Takes what cannot be shown, because the store itself refused it. */
  readonly say: Say;
}

/** Policies and bindings seldom change, and SQS is paid by the look. */
const usualEveryMs = 10 * 60_000;
/** A dead-letter queue that was found or is gone is looked at so soon. */
const glanceEveryMs = 5_000;
const retryMs = 60_000;
/** So many are listed of a connection; the others are counted. */
const listedMax = 1_000;

/** Looks how the queues of each connection hang together, now and then, and keeps what is risky about it, until the signal is aborted. */
export async function watchRisks(watch: RiskWatch, signal: AbortSignal): Promise<void> {
  await Promise.all(watch.connections.map((connection) => lookAgain(watch, connection, signal)));
}

async function lookAgain(
  watch: RiskWatch,
  connection: RiskWatch['connections'][number],
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, everyMs = usualEveryMs, say } = watch;
  let lookedAt = 0;
  let met = '';
  while (!signal.aborted) {
    try {
      const dead = await deadLetterQueuesOf(store, connection.name);
      const now = clock.now();
      const seen = dead === null ? met : JSON.stringify(dead.map(({ name, origins }) => [name, origins]));
      const isDue = seen !== met || now - lookedAt >= everyMs;
      if (dead !== null && isDue) {
        const isWell = await look(watch, connection, dead, signal);
        lookedAt = isWell ? now : now - everyMs + retryMs;
        met = seen;
      }
    } catch (error) {
      if (signal.aborted) return;
      say(...failed(`risks of ${connection.name}`, error));
    }
    await pause(glanceEveryMs, signal);
  }
}

/** `null` while the connection has not been looked at for the first time. */
async function deadLetterQueuesOf(store: RiskWatch['store'], connection: string): Promise<readonly Queue[] | null> {
  const known = (await store.index.listConnections()).find(({ name }) => name === connection);
  if (known?.health.kind !== 'live' && known?.health.kind !== 'failing') return null;
  const queues = await store.index.listQueues();
  return queues.filter((queue) => queue.connection === connection && queue.reader.kind !== 'missing');
}

async function look(
  { store, clock, alerts: { rules, receivers } }: RiskWatch,
  { name: connection, kind, driver }: RiskWatch['connections'][number],
  deadLetterQueues: readonly Queue[],
  signal: AbortSignal,
): Promise<boolean> {
  const at = clock.now();
  const begun = performance.now();
  try {
    const topology = await driver.topology(signal);
    const consumersOf = kind === 'kafka' ? await topicConsumers(store, connection) : new Map<string, number>();
    const risks = findRisks({
      connection,
      kind,
      topology,
      deadLetterQueues,
      consumersOf,
      rules,
      receivers: receivers.map(({ name }) => name),
    });
    const found: ConnectionRisks = {
      connection,
      at,
      tookMs: performance.now() - begun,
      queues: topology.queues.length,
      risks: risks.slice(0, listedMax),
      further: Math.max(0, risks.length - listedMax),
      notes: topology.notes,
      failing: null,
    };
    await saveRiskRecord(store.watch, found, at);
    return true;
  } catch (error) {
    if (signal.aborted || (error instanceof AppError && error.code === 'cancelled')) return false;
    const before = await readRiskRecord(store.watch, connection);
    const failing = { error: toErrorRecord(error), since: before.failing?.since ?? at };
    await saveRiskRecord(store.watch, { ...before, failing }, at);
    return false;
  }
}

/** Members of groups by topic, as the lag was last read. */
async function topicConsumers(store: RiskWatch['store'], connection: string): Promise<ReadonlyMap<string, number>> {
  const members = new Map<string, number>();
  for (const { rows } of await store.watch.latestLag({ connection }))
    for (const row of rows)
      if (row.kind === 'group' && row.members !== null)
        members.set(row.topic, (members.get(row.topic) ?? 0) + row.members);
  return members;
}
