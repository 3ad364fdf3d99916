/**
 * How a list of messages is ordered. `expiring`: what its broker deletes first; behind it what is kept, is gone, or does not tell (`lib/expiry`), the
 * oldest first.
 */
export const messageOrders = ['newest', 'oldest', 'expiring'] as const;
export type MessageOrder = (typeof messageOrders)[number];
