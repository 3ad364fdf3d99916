import { judge } from '#lib/alerts/retry.ts';
import type { Receiver } from '#server/config/alert-settings.ts';
import { failed, type Say } from '#server/log/log.ts';
import type { WaitingNotification } from '#server/store/alert-ledger.ts';
import { type ReceiverDependencies, reportOf, sendTo } from '#server/watch/alerts/receivers.ts';

export interface DeliveryDependencies extends ReceiverDependencies {
  random(): number;
  readonly say: Say;
}

export interface Deliveries {
  /** Begins to send what is due, and returns at once: each receiver is sent to by itself, so that one that hangs holds up no other. */
  look(): Promise<void>;
  /** Settles when nothing is being sent any more, after the signal was aborted. */
  ended(): Promise<void>;
}

/** Of each receiver so many are looked at in one go. */
const batchMax = 50;

/**
 * Sends what the ledger says is to be told. It is written down before it is sent, and what became of it afterwards: after a crash between the two it is
 * sent again, under the same id.
 */
export function createDeliveries(dependencies: DeliveryDependencies, signal: AbortSignal): Deliveries {
  const { ledger, clock, receivers, random, say } = dependencies;
  const busy = new Map<string, Promise<void>>();
  /** Receivers that asked for patience. */
  const patientUntil = new Map<string, number>();

  async function look(): Promise<void> {
    const waiting = Map.groupBy(await ledger.listWaitingNotifications(batchMax), ({ receiver }) => receiver);
    for (const [name, notifications] of waiting) {
      if (busy.has(name) || clock.now() < (patientUntil.get(name) ?? 0)) continue;
      const work = sendAll(name, notifications)
        .catch((error: unknown) => {
          if (!signal.aborted) say(...failed(`alerts to ${name}`, error));
        })
        .finally(() => busy.delete(name));
      busy.set(name, work);
    }
  }

  async function sendAll(name: string, notifications: readonly WaitingNotification[]): Promise<void> {
    const receiver = receivers.find((each) => each.name === name);
    /** What is to be sent again keeps its place before what came later of the same alert: an end is not told before its beginning. */
    const heldUp = new Set<string>();
    for (const notification of notifications) {
      const { alert, nextAt } = notification;
      const isDue = nextAt <= clock.now() && !heldUp.has(alert.id);
      if (signal.aborted || clock.now() < (patientUntil.get(name) ?? 0)) return;
      if (!isDue || !(await attempt(name, receiver, notification))) heldUp.add(alert.id);
    }
  }

  /** Whether that is over, in one way or the other. */
  async function attempt(
    name: string,
    receiver: Receiver | undefined,
    notification: WaitingNotification,
  ): Promise<boolean> {
    const { id, transition } = notification;
    if (!receiver) {
      const said = 'it is no longer in the configuration';
      const report = await reportOf(dependencies, name, transition, 'refused', said);
      await ledger.recordAttempt(id, { at: clock.now(), outcome: 'given-up', said }, report);
      return true;
    }
    const { outcome, said } = await sendTo(receiver, notification, dependencies, signal);
    const verdict = judge(outcome, notification.attempts + 1, random());
    const at = clock.now();
    const report = await reportOf(dependencies, name, transition, verdict.kind, said);
    if (verdict.kind === 'retry') {
      const nextAt = at + verdict.afterMs;
      if (verdict.all) patientUntil.set(name, nextAt);
      await ledger.recordAttempt(id, { at, outcome: 'retried', nextAt, said }, report);
      return false;
    }
    await ledger.recordAttempt(
      id,
      { at, outcome: verdict.kind === 'delivered' ? 'delivered' : 'given-up', said },
      report,
    );
    return true;
  }

  return {
    look,
    async ended() {
      await Promise.allSettled(busy.values());
    },
  };
}
