import { cut, headline, iso, linkOf, subjectWords, type Told, visibleTexts } from '#lib/alerts/payloads/facts.ts';
import { visibleText } from '#lib/domain/visible-text.ts';

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
  const queues = alert.subject.queueIds.map(visibleText);
  return {
    ...common,
    client: 'Redeliver',
    client_url: linkOf(told),
    links: [{ href: linkOf(told), text: 'Open in Redeliver' }],
    payload: {
      summary: cut(headline(notification), 1_024),
      source: cut(queues[0] ?? subjectWords(alert), 250),
      severity: alert.severity,
      timestamp: iso(alert.since),
      component: cut(subjectWords(alert), 250),
      group: alert.rule,
      class: alert.kind,
      custom_details: { ...visibleTexts({ ...alert.labels, rule: alert.rule, subject: alert.subject.id }), queues },
    },
  };
}

/** Ends the incident that a test made. */
export function pagerDutyTestEnd(notificationId: string, routingKey: string): unknown {
  return { routing_key: routingKey, dedup_key: notificationId, event_action: 'resolve' };
}
