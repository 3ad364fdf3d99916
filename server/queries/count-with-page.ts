import type { MessagesResponse } from '#lib/api/messages.ts';

type MessageCount = NonNullable<MessagesResponse['total']>;

/**
 * How many match, by what was counted in its time and by the first page beside it: a list that ends there is its own count, and none has fewer than it shows.
 */
export function countWithPage(counted: MessageCount, shown: number, isWhole: boolean): MessageCount {
  if (isWhole) return { count: shown, capped: false };
  return counted.capped ? { count: Math.max(counted.count, shown), capped: true } : counted;
}
