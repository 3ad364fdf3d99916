import { formatCount } from '#components/ui/numbers.ts';
import type { OverviewResponse } from '#lib/api/queues.ts';
import type { ReplayView } from '#lib/api/replays.ts';
import { splitQueueId } from '#lib/domain/queue.ts';

interface Readers {
  readonly connections: readonly Pick<OverviewResponse['connections'][number], 'name' | 'health'>[];
  readonly queues: readonly Pick<OverviewResponse['queues'][number], 'id' | 'reader'>[];
}

/** That what comes back is not seen, because its queue cannot be read now: "not seen again" then says little. `null` where all can be read, or nothing is looked for. */
export function unseenWords(
  { state, queueIds }: Pick<ReplayView, 'state' | 'queueIds'>,
  readers: Readers | undefined,
): string | null {
  if ((state !== 'watching' && state !== 'sending') || readers === undefined) return null;
  const unread = queueIds.filter((queueId) => cannotBeRead(queueId, readers)).length;
  if (unread === 0) return null;
  const which =
    queueIds.length === 1
      ? 'Its queue'
      : unread === queueIds.length
        ? 'None of its queues'
        : `${formatCount(unread)} of its ${formatCount(queueIds.length)} queues`;
  return `${which} ${which.startsWith('None') ? 'can' : 'cannot'} be read now: what came back there since is not seen yet.`;
}

function cannotBeRead(queueId: string, { connections, queues }: Readers): boolean {
  const connection = splitQueueId(queueId)?.connection;
  const reader = queues.find(({ id }) => id === queueId)?.reader.kind;
  return (
    connections.some(({ name, health }) => name === connection && health.kind === 'failing') ||
    reader === 'failing' ||
    reader === 'refused' ||
    reader === 'missing'
  );
}
