import { depthLabel } from '#components/overview/prepare-overview.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { Pill } from '#components/ui/pill.tsx';
import type { OverviewResponse } from '#lib/api/queues.ts';

/** Over all queues: how many there are, and whether any of them is still being read. */
export function AllQueuesHeader({ overview }: { overview: OverviewResponse | null }) {
  const reading = overview?.queues.filter((queue) => queue.reader.kind === 'syncing').length ?? 0;
  const depth = overview && {
    count: overview.queues.reduce((sum, queue) => sum + (queue.depth?.count ?? 0), 0),
    exact: overview.queues.every((queue) => queue.depth?.exact !== false),
  };
  const isKnown = overview?.queues.some((queue) => queue.depth !== null) ?? false;
  return (
    <PageHeader
      title="All dead letters"
      marks={reading > 0 && <Pill tone="motion">{countOf(reading, 'queue')} being read</Pill>}
      note={
        overview && depth && `${isKnown ? `${depthLabel(depth)} in ` : ''}${countOf(overview.queues.length, 'queue')}`
      }
    />
  );
}
