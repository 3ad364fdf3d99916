import { cut, headline, iso, type Told, visibleTexts } from '#lib/alerts/payloads/facts.ts';

/**
 * An alert for `POST /api/v2/alerts` of Prometheus' Alertmanager. Its labels are its identity there, so they hold nothing that changes. What fires ends
 * by itself at `until`, in case that we are gone, and is sent again before.
 */
export function alertmanagerAlert({ notification, consoleUrl }: Told, until: number): unknown {
  const { alert, transition } = notification;
  const [queueId] = alert.subject.queueIds;
  return {
    labels: visibleTexts({
      ...alert.labels,
      alertname: alert.rule,
      severity: alert.severity,
      kind: alert.kind,
      subject: alert.subject.id,
      redeliver_key: alert.key,
      ...(alert.subject.kind === 'queue' && queueId !== undefined ? { queue: queueId } : {}),
      ...(transition === 'test' ? { test: 'true' } : {}),
    }),
    annotations: {
      summary: cut(headline({ ...notification, transition: transition === 'test' ? 'test' : 'fired' }), 2_000),
    },
    startsAt: iso(alert.since),
    endsAt: iso(alert.resolvedAt ?? until),
    generatorURL: `${consoleUrl}${alert.path}`,
  };
}
