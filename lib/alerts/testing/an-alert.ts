import { type Alert, alertKey, type Notification } from '#lib/alerts/alert.ts';
import { aQueueSubject } from '#lib/alerts/testing/a-rule.ts';

export function anAlert(id: string, changes: Partial<Alert> = {}): Alert {
  const subject = aQueueSubject();
  return {
    id,
    key: alertKey('orders-deep', subject),
    rule: 'orders-deep',
    kind: 'depth-above',
    severity: 'warning',
    labels: { team: 'shop' },
    subject,
    phase: 'firing',
    since: 1_795_000_000_000,
    firedAt: 1_795_000_060_000,
    clearSince: null,
    resolvedAt: null,
    sentence: 'shop/orders.dlq has 12,040 messages, more than 10,000',
    path: '/queues/shop%2Forders.dlq?range=1795000000000..',
    told: [],
    ...changes,
  };
}

export function aNotification(
  alert: Alert,
  receiver: string,
  transition: Notification['transition'] = 'fired',
): Notification {
  return { id: `${alert.id}.${transition}.${receiver}`, receiver, transition, at: 1_795_000_060_000, alert };
}
