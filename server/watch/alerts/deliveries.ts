import { isOvertaken } from '#lib/alerts/overtaken.ts';
import { muteOf } from '#lib/alerts/mute.ts';
import { judge, type Verdict } from '#lib/alerts/retry.ts';
import type { Receiver } from '#server/config/alert-settings.ts';
import { failed, type Say } from '#server/log/log.ts';
import type { Attempt, WaitingNotification } from '#server/store/alert-ledger.ts';
import type { Sent } from '#server/watch/alerts/send.ts';
import { isTaken, type ReceiverDependencies, reportOf, sendTo } from '#server/watch/alerts/receivers.ts';

export interface DeliveryDependencies extends ReceiverDependencies {
  random(): number;
  readonly say: Say;
}

export interface Deliveries {
  /** Begins to send what is due, and returns at once: each receiver is sent to by itself, so that one that hangs holds up no other. */
  look(): Promise<void>;
  /** Runs while nothing else is sent to the receiver. */
  inTurn(receiver: string, work: () => Promise<void>): Promise<void>;
  /** The receiver took something: what it was given up on, and still fires, is told again. */
  answered(receiver: string): Promise<void>;
  /** The receiver did not: the log has it once, until it takes something again. */
  didNotTake(receiver: string, sent: Sent): void;
  /** Settles when nothing is being sent any more, after the signal was aborted. */
  ended(): Promise<void>;
}

/** Of each receiver so many are looked at in one go. */
const batchMax = 50;
/** A receiver that was given up on is tried again with one alert that still fires: at the start, as its settings may be new, and so often. */
const probeEveryMs = 10 * 60_000;
const writePauseMsMax = 60_000;

/** What came of a send. */
interface Came {
  readonly notification: WaitingNotification;
  readonly attempt: Attempt;
  readonly verdict: Verdict['kind'];
  /** How often it could not be written down. */
  readonly failures: number;
}

/**
 * Sends what the ledger says is to be told. It is written down before it is sent, and what became of it afterwards: after a crash between the two it is
 * sent again, under the same id.
 */
export function createDeliveries(dependencies: DeliveryDependencies, signal: AbortSignal): Deliveries {
  const { ledger, clock, receivers, random, say } = dependencies;
  const busy = new Map<string, Promise<void>>();
  /** Receivers that asked for patience. */
  const patientUntil = new Map<string, number>();
  /** Receivers of which the log has that they fail. */
  const failing = new Set<string>();
  const probedAt = new Map<string, number>();
  /** By receiver. Until it is written nothing more is sent there: on a full disk the same would go out every second. */
  const unwritten = new Map<string, Came>();

  async function look(): Promise<void> {
    for (const { name } of receivers) if (clock.now() - (probedAt.get(name) ?? 0) >= probeEveryMs) await probe(name);
    const waiting = Map.groupBy(await ledger.listWaitingNotifications(batchMax), ({ receiver }) => receiver);
    for (const [name, notifications] of waiting) {
      if (busy.has(name) || isPatient(name)) continue;
      occupy(
        name,
        sendAll(name, notifications).catch((error: unknown) => {
          if (!signal.aborted) say(...failed(`alerts to ${name}`, error));
        }),
      );
    }
  }

  function occupy(name: string, work: Promise<void>): void {
    const turn = work.finally(() => busy.delete(name));
    busy.set(name, turn);
  }

  function isPatient(name: string): boolean {
    return clock.now() < (patientUntil.get(name) ?? 0);
  }

  async function sendAll(name: string, notifications: readonly WaitingNotification[]): Promise<void> {
    const left = unwritten.get(name);
    if (left) await write(left);
    const receiver = receivers.find((each) => each.name === name);
    /** What is to be sent again keeps its place before what came later of the same key: an end is not told before its beginning, nor an old end after a new beginning. */
    const heldUp = new Set<string>();
    for (const notification of notifications) {
      const { alert, nextAt, id } = notification;
      if (id === left?.notification.id) {
        if (left.attempt.outcome === 'retried') heldUp.add(alert.key);
        continue;
      }
      if (signal.aborted || isPatient(name)) return;
      if (isOvertaken(notification, notifications)) {
        const said = 'it fires again already';
        await ledger.recordAttempt(id, { at: clock.now(), outcome: 'given-up', said }, null);
        continue;
      }
      const isDue = nextAt <= clock.now() && !heldUp.has(alert.key);
      if (!isDue || !(await attempt(receiver, notification))) heldUp.add(alert.key);
    }
  }

  /** Whether that is over, in one way or the other. */
  async function attempt(receiver: Receiver | undefined, notification: WaitingNotification): Promise<boolean> {
    const came = receiver ? await sendOnce(receiver, notification) : toNobody(notification);
    await write({ ...came, failures: 0 });
    return came.attempt.outcome !== 'retried';
  }

  function toNobody(notification: WaitingNotification): Omit<Came, 'failures'> {
    const said = 'it is no longer in the configuration';
    return { notification, verdict: 'refused', attempt: { at: clock.now(), outcome: 'given-up', said } };
  }

  async function sendOnce(receiver: Receiver, notification: WaitingNotification): Promise<Omit<Came, 'failures'>> {
    const sent = await sendTo(receiver, notification, dependencies, signal);
    const { outcome, said } = sent;
    if (!isTaken(outcome)) didNotTake(receiver.name, sent);
    const verdict = judge(outcome, notification.attempts + 1, random());
    const at = clock.now();
    if (verdict.kind !== 'retry') {
      const over = verdict.kind === 'delivered' ? 'delivered' : 'given-up';
      return { notification, verdict: verdict.kind, attempt: { at, outcome: over, said } };
    }
    const nextAt = at + verdict.afterMs;
    if (verdict.all) patientUntil.set(receiver.name, nextAt);
    return { notification, verdict: verdict.kind, attempt: { at, outcome: 'retried', nextAt, said } };
  }

  async function write(came: Came): Promise<void> {
    const { notification, attempt, verdict, failures } = came;
    const { id, receiver, transition } = notification;
    try {
      const report = await reportOf(dependencies, receiver, transition, verdict, attempt.said);
      await ledger.recordAttempt(id, attempt, report);
    } catch (error) {
      unwritten.set(receiver, { ...came, failures: failures + 1 });
      const pauseMs = Math.min(writePauseMsMax, 1_000 * 2 ** Math.min(failures, 16));
      patientUntil.set(receiver, Math.max(patientUntil.get(receiver) ?? 0, clock.now() + pauseMs));
      throw error;
    }
    unwritten.delete(receiver);
    if (verdict === 'delivered') await answered(receiver);
  }

  async function probe(name: string): Promise<void> {
    const [first] = await unheardBy(name);
    if (first) await ledger.tellAgain([first], clock.now());
    probedAt.set(name, clock.now());
  }

  /** Without its words, which may quote what it was sent. */
  function didNotTake(name: string, { outcome, said }: Sent): void {
    if (failing.has(name)) return;
    failing.add(name);
    const [why, code] =
      outcome.kind === 'answered'
        ? ([`it answers ${outcome.status}`, 'rejected'] as const)
        : ([said, 'unreachable'] as const);
    say(`alert receiver ${name} does not take what it is sent: ${why}`, { code });
  }

  async function answered(name: string): Promise<void> {
    if (failing.delete(name)) say(`alert receiver ${name} takes what it is sent again`);
    await ledger.tellAgain(await unheardBy(name), clock.now());
  }

  /** What was muted meanwhile stays untold. */
  async function unheardBy(name: string): Promise<readonly string[]> {
    const unheard = await ledger.listUnheard(name);
    if (unheard.length === 0) return [];
    const mutes = await ledger.listMutes(clock.now());
    return unheard.filter(({ alert }) => muteOf(alert, mutes, clock.now()) === null).map(({ id }) => id);
  }

  return {
    look,
    async inTurn(name, work) {
      while (busy.has(name)) await busy.get(name);
      const done = work();
      occupy(
        name,
        done.catch(() => undefined),
      );
      await done;
    },
    answered,
    didNotTake,
    async ended() {
      await Promise.allSettled(busy.values());
    },
  };
}
