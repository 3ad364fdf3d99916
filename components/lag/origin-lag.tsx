'use client';

import { useQueries } from '@tanstack/react-query';
import Link from 'next/link';
import { originLag } from '#components/lag/prepare-origin-lag.ts';
import { lagQueryOptions } from '#components/queries/lag.ts';
import { lagHref } from '#components/shell/links.ts';
import { useNow } from '#components/ui/now.tsx';
import { Pill } from '#components/ui/pill.tsx';
import type { QueueRow } from '#lib/api/queues.ts';

/** A queue with more origins is a place for everything, and nobody looks there for one of them. */
const originsMax = 4;

/** How far those are behind who read what this dead-letter queue's messages come from. Nothing where that is not known. */
export function OriginLag({ queue }: { queue: Pick<QueueRow, 'connection' | 'origins'> }) {
  const { connection } = queue;
  const origins = queue.origins.slice(0, originsMax);
  const connections = useQueries({
    queries: origins.map((topic) => lagQueryOptions({ connection, topic })),
    combine: (answers) => answers.flatMap(({ data }) => data?.connections ?? []),
  });
  const lag = originLag(connections, useNow());
  const [origin] = origins;
  if (!lag || origin === undefined) return null;
  return (
    <Link
      href={lagHref({ connection, ...(origins.length === 1 && { topic: origin }) })}
      prefetch={false}
      title={lag.title}
      // Long before the queue’s own name this gives way: a fraction of a pixel less would cut that.
      className="flex min-w-0 shrink-9999 rounded-full underline-offset-2 hover:underline max-md:hidden"
    >
      <Pill tone={lag.tone}>
        <span className="truncate">{lag.words}</span>
      </Pill>
    </Link>
  );
}
