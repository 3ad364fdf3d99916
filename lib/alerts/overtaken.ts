import type { Notification } from '#lib/alerts/alert.ts';

/**
 * Whether this end of an alert has waited until the same fired anew: receivers tell alerts by their keys, so it would end what fires now. `waiting`: what is
 * to be sent to the same receiver, in its order.
 */
export function isOvertaken(end: Notification, waiting: readonly Notification[]): boolean {
  if (end.transition !== 'resolved') return false;
  const place = waiting.findIndex(({ id }) => id === end.id);
  return waiting
    .slice(place + 1)
    .some(
      ({ transition, alert }) => transition === 'fired' && alert.key === end.alert.key && alert.id !== end.alert.id,
    );
}
