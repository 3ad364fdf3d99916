import { depthLabel } from '#components/overview/prepare-overview.ts';
import { changedStates, countIn } from '#components/groups/prepare-groups.ts';
import { formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { GroupsResponse } from '#lib/api/groups.ts';
import type { OverviewResponse } from '#lib/api/queues.ts';

export interface SidebarConnection {
  readonly name: string;
  readonly tone: Tone;
  /** A word where the dot alone would not say enough. */
  readonly note: string | null;
  readonly queues: readonly {
    readonly id: string;
    readonly name: string;
    readonly depth: string;
    readonly isGrowing: boolean;
  }[];
}

/** Connections with their queues, as the sidebar lists them. */
export function sidebarConnections(overview: OverviewResponse): readonly SidebarConnection[] {
  return overview.connections.map((connection) => {
    const queues = overview.queues.filter((queue) => queue.connection === connection.name);
    return {
      name: connection.name,
      ...connectionMark(connection.health, queues),
      queues: queues.map((queue) => ({
        id: queue.id,
        name: queue.name,
        depth: depthLabel(queue.depth),
        isGrowing: isGrowing(queue.hourly ?? []),
      })),
    };
  });
}

function connectionMark(
  health: OverviewResponse['connections'][number]['health'],
  queues: OverviewResponse['queues'],
): Pick<SidebarConnection, 'tone' | 'note'> {
  switch (health.kind) {
    case 'starting':
      return { tone: 'motion', note: 'starting' };
    case 'failing':
      return { tone: 'failing', note: 'failing' };
    case 'not-started':
      return { tone: 'plain', note: 'not started' };
    case 'live':
      return queues.some((queue) => queue.reader.kind === 'syncing')
        ? { tone: 'motion', note: 'reading' }
        : { tone: 'settled', note: null };
  }
}

/** More in the last hour than twice the day's mean, and enough of them not to be chance. */
function isGrowing(hourly: readonly number[]): boolean {
  const before = hourly.slice(0, -1);
  const mean = before.reduce((sum, count) => sum + count, 0) / Math.max(1, before.length);
  const last = hourly.at(-1) ?? 0;
  return last >= 10 && last > 2 * mean;
}

/** How many groups changed, and into what; `null` where none did. */
export function changedWords(
  byState: GroupsResponse['byState'],
): { readonly count: string; readonly words: string } | null {
  const states = changedStates.flatMap((state) => {
    const count = byState[state] ?? 0;
    return count === 0 ? [] : [{ state, count }];
  });
  if (states.length === 0) return null;
  return {
    count: formatCount(countIn(byState, changedStates)),
    words: states.map(({ state, count }) => `${formatCount(count)} ${state}`).join(', '),
  };
}
