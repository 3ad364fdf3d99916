import { headline, iso, linkOf, sentenceOf, subjectWords, type Told } from '#lib/alerts/payloads/facts.ts';

/** JSON for whoever wrote a receiver of their own. Fields are added over time, and none is taken away. Ids and names of queues are as they are; what people read hides nothing. */
export function webhookPayload(told: Told): unknown {
  const { id, transition, at, alert } = told.notification;
  return {
    version: 1,
    id,
    event: transition,
    at: iso(at),
    summary: headline(told.notification),
    link: linkOf(told),
    alert: {
      id: alert.id,
      key: alert.key,
      rule: alert.rule,
      kind: alert.kind,
      severity: alert.severity,
      sentence: sentenceOf(alert),
      subject: { kind: alert.subject.kind, id: alert.subject.id, label: subjectWords(alert) },
      queues: alert.subject.queueIds,
      labels: alert.labels,
      since: iso(alert.since),
      firedAt: alert.firedAt === null ? null : iso(alert.firedAt),
      resolvedAt: alert.resolvedAt === null ? null : iso(alert.resolvedAt),
    },
  };
}

/** What is signed: the second in which it is sent, and the body. A receiver compares the second with its clock, so that nobody sends it again tomorrow. */
export function signedText(seconds: number, body: string): string {
  return `${seconds}.${body}`;
}

/** `t=1795407300,v1=…`, in the header `x-redeliver-signature`. */
export function signatureHeader(seconds: number, hmacHex: string): string {
  return `t=${seconds},v1=${hmacHex}`;
}
