import { cut, headline, iso, linkOf, type Told } from '#lib/alerts/payloads/facts.ts';

/** An event of the Events API v2 (https://developer.pagerduty.com/docs/send-alert-event). One `dedup_key` is one incident at a time. */
export function pagerDutyPayload(told: Told, routingKey: string): unknown {
  const { notification } = told;
  const { alert, transition } = notification;
  const common = {
    routing_key: routingKey,
    // A test is an incident of its own, so that it ends none.
    dedup_key: transition === 'test' ? notification.id : alert.key,
    event_action: transition === 'resolved' ? 'resolve' : 'trigger',
  };
  if (transition === 'resolved') return common;
  return {
    ...common,
    client: 'Redeliver',
    client_url: linkOf(told),
    links: [{ href: linkOf(told), text: 'Open in Redeliver' }],
    payload: {
      summary: cut(headline(notification), 1_024),
      source: cut(alert.subject.queueIds[0] ?? alert.subject.label, 250),
      severity: alert.severity,
      timestamp: iso(alert.since),
      component: cut(alert.subject.label, 250),
      group: alert.rule,
      class: alert.kind,
      custom_details: { ...alert.labels, rule: alert.rule, subject: alert.subject.id, queues: alert.subject.queueIds },
    },
  };
}

/** Ends the incident that a test made. */
export function pagerDutyTestEnd(notificationId: string, routingKey: string): unknown {
  return { routing_key: routingKey, dedup_key: notificationId, event_action: 'resolve' };
}
