import { depthLabel } from '#components/overview/prepare-overview.ts';
import { formatCount } from '#components/ui/numbers.ts';
import type { QueueRow } from '#lib/api/queues.ts';

/**
 * How much is in the queue, and how much more the list below shows, because it also has what was put back or discarded: else two numbers
 * of one screen would contradict each other.
 */
export function depthFacts({
  depth,
  byState,
  capabilities,
}: Pick<QueueRow, 'depth' | 'byState'> & {
  readonly capabilities: Pick<QueueRow['capabilities'], 'remove'>;
}): readonly string[] {
  // What a log has is there whatever became of it.
  const left = capabilities.remove
    ? [
        { count: byState.replayed ?? 0, word: 'replayed' },
        { count: byState.discarded ?? 0, word: 'discarded' },
      ].filter(({ count }) => count > 0)
    : [];
  return [
    ...(depth ? [`${depthLabel(depth)} in it`] : []),
    ...(left.length > 0
      ? [`no longer in it, but listed: ${left.map(({ count, word }) => `${formatCount(count)} ${word}`).join(', ')}`]
      : []),
  ];
}
