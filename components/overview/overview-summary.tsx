import clsx from 'clsx';
import type { ReactNode } from 'react';
import type { Summary } from '#components/overview/prepare-overview.ts';
import { Instant } from '#components/ui/instant.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';

export function OverviewSummary({ summary, children }: { summary: Summary | null; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-end gap-x-7 gap-y-2 pb-3.5 max-xl:gap-x-5">
      <Figure label="Dead letters">{summary?.depth}</Figure>
      <Figure label="New in 24 h">{summary?.newInDay}</Figure>
      <Figure label="Oldest">{summary && (summary.oldestAt === null ? '–' : <Instant at={summary.oldestAt} />)}</Figure>
      <Figure label="Queues not read" tone={summary && summary.troubled !== '0' ? 'text-attention' : undefined}>
        {summary?.troubled}
      </Figure>
      <div className="ml-auto flex gap-2 max-md:ml-0">{children}</div>
    </div>
  );
}

function Figure({ label, tone, children }: { label: string; tone?: string | undefined; children: ReactNode }) {
  return (
    <div>
      <div className="text-soft">{label}</div>
      <div className={clsx('h-[26px] text-xl font-semibold tracking-tight', tone)}>
        {children ?? <Skeleton className="h-4 w-14" />}
      </div>
    </div>
  );
}
