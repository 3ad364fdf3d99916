import type { Notification } from '#lib/alerts/alert.ts';
import type { Told } from '#lib/alerts/payloads/facts.ts';
import { nextReport, type ReceiverReport } from '#lib/alerts/receiver-report.ts';
import type { SendOutcome, Verdict } from '#lib/alerts/retry.ts';
import type { Clock } from '#server/clock.ts';
import type { Receiver } from '#server/config/alert-settings.ts';
import { answerSecrets } from '#server/watch/alerts/answer-secrets.ts';
import { alertmanagerRequest, render, renderTestEnd } from '#server/watch/alerts/render.ts';
import { send, type Sent } from '#server/watch/alerts/send.ts';
import type { Ledger } from '#server/store/store.ts';

export interface ReceiverDependencies {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly receivers: readonly Receiver[];
  readonly consoleUrl: string;
  /** How often an Alertmanager is told again what still fires; what it does not hear of for four times as long ends there. */
  readonly renewMs: number;
}

/** One send to one receiver. */
export async function sendTo(
  receiver: Receiver,
  notification: Notification,
  { clock, consoleUrl, renewMs }: ReceiverDependencies,
  signal: AbortSignal,
): Promise<Sent> {
  const now = clock.now();
  const outgoing = render(receiver, { notification, consoleUrl }, { now, until: now + 4 * renewMs });
  const sent = await send(outgoing, answerSecrets(receiver), signal);
  const end =
    notification.transition === 'test' && isTaken(sent.outcome) ? renderTestEnd(receiver, notification.id) : null;
  if (end) await send(end, answerSecrets(receiver), signal);
  return sent;
}

/** All that fires, in one request. */
export async function renewAt(
  receiver: Extract<Receiver, { kind: 'alertmanager' }>,
  notifications: readonly Notification[],
  { clock, consoleUrl, renewMs }: ReceiverDependencies,
  signal: AbortSignal,
): Promise<Sent> {
  const told = notifications.map((notification): Told => ({ notification, consoleUrl }));
  return send(alertmanagerRequest(receiver, told, clock.now() + 4 * renewMs), answerSecrets(receiver), signal);
}

export function isTaken(outcome: SendOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;
}

export async function reportOf(
  { ledger, clock }: ReceiverDependencies,
  receiver: string,
  what: ReceiverReport['what'],
  verdict: Verdict['kind'],
  said: string,
): Promise<ReceiverReport> {
  const before = (await ledger.listReceiverReports()).find((report) => report.receiver === receiver) ?? null;
  return nextReport(before, { receiver, at: clock.now(), what, outcome: outcomeOf(verdict), said });
}

function outcomeOf(verdict: Verdict['kind']): ReceiverReport['outcome'] {
  switch (verdict) {
    case 'delivered':
      return 'delivered';
    case 'refused':
      return 'refused';
    case 'retry':
    case 'given-up':
      return 'failing';
  }
}
