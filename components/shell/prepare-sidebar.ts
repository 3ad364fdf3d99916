import { depthLabel } from '#components/overview/prepare-overview.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { OverviewResponse } from '#lib/api/queues.ts';

export interface SidebarConnection {
  readonly name: string;
  readonly tone: Tone;
  /** A word where the dot alone would not say enough. */
  readonly note: string | null;
  readonly queues: readonly { readonly id: string; readonly name: string; readonly depth: string; readonly isGrowing: boolean }[];
}

/** Connections with their queues, as the sidebar lists them. */
export function sidebarConnections(overview: OverviewResponse): readonly SidebarConnection[] {
  return overview.connections.map((connection) => {
    const queues = overview.queues.filter((queue) => queue.connection === connection.name);
    return {
      name: connection.name,
      ...connectionMark(connection.health, queues),
      queues: queues.map((queue) => ({ id: queue.id, name: queue.name, depth: depthLabel(queue.depth), isGrowing: (queue.hourly.at(-1) ?? 0) > 0 })),
    };
  });
}

function connectionMark(health: OverviewResponse['connections'][number]['health'], queues: OverviewResponse['queues']): Pick<SidebarConnection, 'tone' | 'note'> {
  switch (health.kind) {
    case 'starting':
      return { tone: 'motion', note: 'starting' };
    case 'failing':
      return { tone: 'failing', note: 'failing' };
    case 'not-started':
      return { tone: 'plain', note: 'not started' };
    case 'live':
      return queues.some((queue) => queue.reader.kind === 'syncing') ? { tone: 'motion', note: 'reading' } : { tone: 'settled', note: null };
  }
}
