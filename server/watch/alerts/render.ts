import { createHmac } from 'node:crypto';
import { alertmanagerAlert } from '#lib/alerts/payloads/alertmanager.ts';
import type { Told } from '#lib/alerts/payloads/facts.ts';
import { pagerDutyPayload, pagerDutyTestEnd } from '#lib/alerts/payloads/pagerduty.ts';
import { slackPayload } from '#lib/alerts/payloads/slack.ts';
import { signatureHeader, signedText, webhookPayload } from '#lib/alerts/payloads/webhook.ts';
import type { Receiver } from '#server/config/alert-settings.ts';

/** A request as it goes out. It holds secrets. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `until`: an Alertmanager lets what it hears nothing more of end then. */
export function render(
  receiver: Receiver,
  told: Told,
  times: { readonly now: number; readonly until: number },
): Outgoing {
  switch (receiver.kind) {
    case 'webhook':
      return signed(receiver, told, times.now);
    case 'slack':
      return json(receiver.secretUrl, slackPayload(told));
    case 'pagerduty':
      return json(receiver.url, pagerDutyPayload(told, receiver.routingKey));
    case 'alertmanager':
      return alertmanagerRequest(receiver, [told], times.until);
  }
}

/** What a test leaves behind at its receiver, to be taken away again; `null` where it leaves nothing. */
export function renderTestEnd(receiver: Receiver, notificationId: string): Outgoing | null {
  if (receiver.kind !== 'pagerduty') return null;
  return json(receiver.url, pagerDutyTestEnd(notificationId, receiver.routingKey));
}

export function alertmanagerRequest(
  receiver: Extract<Receiver, { kind: 'alertmanager' }>,
  told: readonly Told[],
  until: number,
): Outgoing {
  const { url, username, password, token } = receiver;
  const request = json(
    `${url}/api/v2/alerts`,
    told.map((each) => alertmanagerAlert(each, until)),
  );
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const authorization = token !== null ? `Bearer ${token}` : username !== null ? `Basic ${basic}` : null;
  return authorization === null ? request : { ...request, headers: { ...request.headers, authorization } };
}

function signed({ secretUrl, hmacKey }: Extract<Receiver, { kind: 'webhook' }>, told: Told, now: number): Outgoing {
  const request = json(secretUrl, webhookPayload(told));
  const headers = { ...request.headers, 'idempotency-key': told.notification.id };
  if (hmacKey === null) return { ...request, headers };
  const seconds = Math.floor(now / 1_000);
  const hmac = createHmac('sha256', hmacKey).update(signedText(seconds, request.body)).digest('hex');
  return { ...request, headers: { ...headers, 'x-redeliver-signature': signatureHeader(seconds, hmac) } };
}

function json(url: string, body: unknown): Outgoing {
  return {
    url,
    headers: { 'content-type': 'application/json', 'user-agent': 'redeliver' },
    body: JSON.stringify(body),
  };
}
