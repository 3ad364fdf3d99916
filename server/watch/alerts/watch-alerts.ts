import { randomUUID } from 'node:crypto';
import { type Alert, type Notification, notificationId } from '#lib/alerts/alert.ts';
import type { ReceiverTest } from '#lib/alerts/receiver-report.ts';
import { type Observation, takeRound } from '#lib/alerts/round.ts';
import { judge } from '#lib/alerts/retry.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Clock } from '#server/clock.ts';
import type { AlertSettings, Receiver } from '#server/config/alert-settings.ts';
import { describeError, failed, type Say } from '#server/log/log.ts';
import type { Store } from '#server/store/store.ts';
import { pause, repeat } from '#server/sync/repeat.ts';
import { createDeliveries } from '#server/watch/alerts/deliveries.ts';
import { createArrivalLog, newsOf, readArrivals } from '#server/watch/alerts/arrivals.ts';
import { createFacts } from '#server/watch/alerts/facts.ts';
import { roundLines } from '#server/watch/alerts/round-lines.ts';
import { measure } from '#server/watch/alerts/measure.ts';
import { createUsuals } from '#server/watch/alerts/measure-unusual.ts';
import { isTaken, renewAt, reportOf, sendTo } from '#server/watch/alerts/receivers.ts';
import { nextBaselines, readWatchMemory, saveWatchMemory } from '#server/watch/alerts/watch-memory.ts';

export interface AlertWatchOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: AlertSettings & { readonly consoleUrl: string };
  /** By name, those of the configuration. */
  readonly connections: readonly string[];
  /** How often the lag of a connection is read; `null` and absent: never. */
  readonly lagEveryMs?: ((connection: string) => number | null) | undefined;
  /** Masks what messages said. */
  text(said: string): string;
  readonly say: Say;
  readonly renewMs?: number;
  random?(): number;
}

export interface AlertWatch {
  /** Sends a marked test, once. `not_found` for an unknown receiver. */
  test(receiver: string, signal: AbortSignal): Promise<ReceiverTest>;
  /** Settles when nothing is measured and sent any more. */
  readonly stopped: Promise<void>;
}

const usualRenewMs = 60_000;
const deliverEveryMs = 1_000;
const forgetAfterMs = 30 * 86_400_000;
const forgetEveryMs = 3_600_000;

/** Looks at everything that the rules watch, in every period, and tells the receivers what changed, until the signal is aborted. */
export function watchAlerts(options: AlertWatchOptions, signal: AbortSignal): AlertWatch {
  const { store, clock, settings, say, renewMs = usualRenewMs, random = Math.random } = options;
  const { rules, receivers, consoleUrl, everyMs } = settings;
  const { ledger } = store;
  const dependencies = { ledger, clock, receivers, consoleUrl, renewMs, random, say };
  const usuals = createUsuals();
  const log = createArrivalLog(
    Math.max(0, ...rules.map((rule) => (rule.kind === 'arrivals-above' ? rule.withinMs : 0))),
  );
  const deliveries = createDeliveries(dependencies, signal);

  async function round(): Promise<void> {
    const begun = performance.now();
    const now = clock.now();
    const [memory, known, mutes] = await Promise.all([
      readWatchMemory(store.watch),
      ledger.listStandingAlerts(),
      ledger.listMutes(now),
    ]);
    const [connections, queues] = await Promise.all([store.index.listConnections(), store.index.listQueues()]);
    // After the queues: what arrives between the two is no part of a first read that they call ended.
    const lastPlace = memory?.place ?? null;
    const arrived = await readArrivals(store.index, lastPlace);
    const before = arrived.wasSetAside ? {} : (memory?.baselines ?? {});
    const baselines = nextBaselines(before, connections, queues, now);
    const news = newsOf(arrived.counts, queues, before);
    const facts = createFacts({
      store,
      now,
      lastAt: memory?.at ?? null,
      lastPlace,
      news,
      log,
      lagEveryMs: options.lagEveryMs ?? (() => null),
      isConfigured: (connection) => options.connections.includes(connection),
      text: options.text,
      baselineOf: (connection) => baselines[connection] ?? null,
    });
    const seen = new Map<string, readonly Observation[]>();
    const failing: Record<string, string> = {};
    for (const rule of rules) {
      try {
        seen.set(
          rule.name,
          await measure(
            rule,
            facts,
            known.filter((alert) => alert.rule === rule.name),
            usuals,
          ),
        );
      } catch (error) {
        failing[rule.name] = describeError(error).message;
        // Once, and not in every round.
        if (memory?.failing[rule.name] !== failing[rule.name]) say(...failed(`alert rule ${rule.name}`, error));
      }
    }
    const names = receivers.map(({ name }) => name);
    const result = takeRound({ rules, known, seen, mutes, receivers: names, now, newId: randomUUID });
    if (result.alerts.length + result.dropped.length + result.notifications.length > 0) await ledger.saveRound(result);
    for (const line of roundLines(known, result.alerts, mutes, now)) say(...line);
    log.add(now, news);
    const tookMs = Math.round(performance.now() - begun);
    await saveWatchMemory(store.watch, { at: now, tookMs, baselines, place: arrived.upTo, failing });
    await deliveries.look();
  }

  /** An Alertmanager ends what it is not told of again. */
  async function renew(): Promise<void> {
    const managers = receivers.filter((receiver) => receiver.kind === 'alertmanager');
    if (managers.length === 0) return;
    await Promise.all(managers.map((receiver) => deliveries.inTurn(receiver.name, () => renewOne(receiver))));
  }

  /** In the receiver's turn, and by what stands then: an end that was sent meanwhile would be taken back. */
  async function renewOne(receiver: Extract<Receiver, { kind: 'alertmanager' }>): Promise<void> {
    const told = (await ledger.listStandingAlerts()).filter(
      (alert) => alert.phase === 'firing' && alert.told.includes(receiver.name),
    );
    if (told.length === 0) return;
    const notifications = told.map((alert): Notification => {
      const id = notificationId(alert.id, 'fired', receiver.name);
      return { id, receiver: receiver.name, transition: 'fired', at: clock.now(), alert };
    });
    const sent = await renewAt(receiver, notifications, dependencies, signal);
    const { outcome, said } = sent;
    if (!isTaken(outcome)) deliveries.didNotTake(receiver.name, sent);
    const verdict = isTaken(outcome) ? 'delivered' : 'retry';
    const report = await reportOf(dependencies, receiver.name, 'renewed', verdict, said);
    const before = (await ledger.listReceiverReports()).find((each) => each.receiver === receiver.name);
    // All is well again and again is no news.
    if (report.outcome !== 'delivered' || before?.outcome !== 'delivered') await ledger.saveReceiverReport(report);
    if (verdict === 'delivered') await deliveries.answered(receiver.name);
  }

  async function test(name: string, asked: AbortSignal): Promise<ReceiverTest> {
    const receiver = receivers.find((each) => each.name === name);
    if (!receiver)
      throw new AppError(
        'not_found',
        `There is no receiver called ${name.slice(0, 64)}. The configuration names them.`,
      );
    const begun = performance.now();
    const { outcome, said } = await sendTo(receiver, testNotification(name, clock.now()), dependencies, asked);
    const delivered = isTaken(outcome);
    // As of an alert: who answers that it will never take it is not called silent.
    const verdict = judge(outcome, 1, 0).kind;
    await ledger.saveReceiverReport(await reportOf(dependencies, name, 'test', verdict, said));
    if (delivered) await deliveries.answered(name);
    return { delivered, said, tookMs: Math.round(performance.now() - begun) };
  }

  /** One failure is no reason to watch no longer. */
  const carefully = (what: string, work: () => Promise<unknown>) => async () => {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) say(...failed(what, error));
    }
  };

  async function rounds(): Promise<void> {
    while (!signal.aborted) {
      const begun = performance.now();
      await carefully('alerts', round)();
      await pause(Math.max(50, everyMs - (performance.now() - begun)), signal);
    }
  }

  const loops = [
    rounds(),
    repeat(() => deliverEveryMs, carefully('alerts', deliveries.look), signal),
    repeat(() => renewMs, carefully('alerts', renew), signal),
    repeat(
      () => forgetEveryMs,
      carefully('alerts', () => ledger.forgetAlerts(clock.now() - forgetAfterMs)),
      signal,
    ),
  ];
  return {
    test,
    stopped: Promise.all(loops).then(() => deliveries.ended()),
  };
}

function testNotification(receiver: string, now: number): Notification {
  const id = `test-${randomUUID()}`;
  const alert: Alert = {
    id,
    key: id,
    rule: 'test',
    kind: 'depth-above',
    severity: 'info',
    labels: {},
    subject: { kind: 'queue', id: 'test', label: 'test', queueIds: [] },
    phase: 'firing',
    since: now,
    firedAt: now,
    clearSince: null,
    resolvedAt: null,
    sentence: `somebody asked whether Redeliver reaches ${receiver}. Nothing is wrong`,
    path: '/alerts',
    told: [],
  };
  return { id, receiver, transition: 'test', at: now, alert };
}
