import type { AlertSubject } from '#lib/alerts/alert.ts';
import type { Observation } from '#lib/alerts/round.ts';
import { type AlertKind, type AlertRule, usualRule } from '#lib/alerts/rule.ts';

export function aRule(kind: AlertKind, changes: Partial<AlertRule> = {}): AlertRule {
  return { ...usualRule(kind, kind), ...changes };
}

export function aQueueSubject(id = 'shop/orders.dlq'): AlertSubject {
  return { kind: 'queue', id, label: id, queueIds: [id] };
}

export function anObservation(value: number | null, changes: Partial<Observation> = {}): Observation {
  return { subject: aQueueSubject(), value, sentence: `it is ${value}`, path: '/queues/shop%2Forders.dlq', ...changes };
}
