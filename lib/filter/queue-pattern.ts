import { matchesWhole } from '#lib/filter/wildcards.ts';

/**
 * Whether a queue is meant by a pattern: `*` stands for any run of characters, and the rest is compared exactly, with the whole id
 * (`connection/name`) or with the name alone. Takes time in proportion to the lengths, whatever the pattern.
 */
export function matchesQueue(pattern: string, queueId: string): boolean {
  const name = queueId.slice(queueId.indexOf('/') + 1);
  const parts = pattern.split('*');
  return matchesWhole(parts, queueId) || matchesWhole(parts, name);
}
