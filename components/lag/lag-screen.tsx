'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useQueryStates } from 'nuqs';
import { useMemo, useRef, useState } from 'react';
import { LagNotes } from '#components/lag/lag-notes.tsx';
import type { DeadLetters } from '#components/lag/lag-line.tsx';
import { LagTable } from '#components/lag/lag-table.tsx';
import { LagToolbar } from '#components/lag/lag-toolbar.tsx';
import { lagUrl } from '#components/lag/lag-url.ts';
import {
  chosenLines,
  lagSentence,
  type LagLine,
  type LagSort,
  linesOf,
  readAt,
  sortedLines,
  toldConnections,
} from '#components/lag/prepare-lag.ts';
import { lagQueryOptions } from '#components/queries/lag.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { queueHref } from '#components/shell/links.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { RowsHandle } from '#components/ui/virtual-rows.ts';
import type { OverviewResponse } from '#lib/api/queues.ts';
import { queueId } from '#lib/domain/queue.ts';

const noLines: readonly LagLine[] = [];

/** Who is how far behind, and what waits: the other half of "is it fixed now". */
export function LagScreen() {
  const router = useRouter();
  const table = useRef<RowsHandle>(null);
  const field = useRef<HTMLInputElement>(null);
  const [url, setUrl] = useQueryStates(lagUrl);
  const [current, setCurrent] = useState<number | null>(null);
  const lag = useQuery(lagQueryOptions());
  const overview = useQuery(overviewQueryOptions());
  const { q, connection, group, topic, kind, behind, sort, rising, range } = url;

  // Ten thousand rows are sorted when they or the wish change, and not with every key and tick of the clock.
  const all = useMemo(() => (lag.data ? linesOf(lag.data) : noLines), [lag.data]);
  const lines = useMemo(
    () => sortedLines(chosenLines(all, { q, connection, group, topic, kind, behind }), sort, rising),
    [all, q, connection, group, topic, kind, behind, sort, rising],
  );
  const told = useMemo(() => toldConnections(lag.data?.connections ?? []), [lag.data]);
  const deadLetters = useMemo(() => deadLettersByOrigin(overview.data), [overview.data]);
  const sentence = useMemo(() => {
    const own = new Set(overview.data?.queues.map(({ id }) => id));
    return lagSentence(
      all.filter((line) => line.kind === 'group' || !own.has(queueId(line.connection, line.queue))),
      lag.data?.connections ?? [],
    );
  }, [all, overview.data, lag.data]);
  const deadLettersOf = (line: LagLine) =>
    deadLetters.get(placeKey(line.connection, line.kind === 'group' ? line.topic : line.queue));

  const index = lines.findIndex(({ series }) => series === current);
  const line = lines[index];
  const isNarrowed = q !== '' || connection !== '' || group !== '' || topic !== '' || kind !== 'all' || behind;
  const showAll = () => {
    void setUrl({ q: null, connection: null, group: null, topic: null, kind: null, behind: null });
    // The button that was pressed goes away, and the focus with it.
    table.current?.focus();
  };
  const move = (by: number) => {
    const target = index < 0 ? 0 : Math.max(0, Math.min(lines.length - 1, index + by));
    const next = lines[target];
    if (!next) return;
    setCurrent(next.series);
    // A link that was clicked before must not take the Enter that is meant for the row.
    table.current?.focus();
    table.current?.scrollTo(target);
  };
  const narrow = () => {
    if (!line) return;
    void setUrl({
      connection: line.connection,
      group: line.kind === 'group' ? line.group : null,
      topic: line.kind === 'queue' ? line.queue : null,
    });
  };
  const openDeadLetters = () => {
    const found = line && deadLettersOf(line);
    if (found) router.push(queueHref(found.queueId));
  };
  useHotkeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Home: () => move(-lines.length),
    End: () => move(lines.length),
    PageDown: () => move(20),
    PageUp: () => move(-20),
    Enter: narrow,
    d: openDeadLetters,
    Backspace: showAll,
    '/': () => field.current?.focus(),
    Escape: () => table.current?.focus(),
  });

  const sortBy = (key: LagSort) =>
    void setUrl(sort === key ? { rising: !rising } : { sort: key, rising: key === 'name' || key === 'topic' });
  const connections = lag.data?.connections ?? [];
  const at = readAt(connections);
  return (
    <>
      <PageHeader
        title="Lag"
        note={
          lag.data && (
            <>
              {at !== null && (
                <>
                  as of <Instant at={at} suffix=" ago" />
                  {sentence !== '' && ' · '}
                </>
              )}
              {sentence}
            </>
          )
        }
      />
      <LagToolbar
        fieldRef={field}
        url={url}
        connections={connections.map((each) => each.connection)}
        shown={lines.length}
        of={all.length}
        onChange={(change) => void setUrl(change)}
        onLeave={() => table.current?.focus()}
      />
      {lag.error && lag.data && <ProblemNotice error={lag.error} onRetry={() => void lag.refetch()} />}
      <LagNotes connections={connections.filter((each) => connection === '' || each.connection === connection)} />
      <LagTable
        ref={table}
        lines={lines}
        sort={sort}
        rising={rising}
        range={range}
        told={told}
        deadLettersOf={deadLettersOf}
        current={line ? current : null}
        onSort={sortBy}
        onCurrent={setCurrent}
      >
        {lag.error && !lag.data && (
          <div className="p-4">
            <ProblemNotice error={lag.error} onRetry={() => void lag.refetch()} />
          </div>
        )}
        {lag.isPending && <SkeletonRows count={14} rowClass="h-8" label="Reading the lag" />}
        {lag.data && all.length > 0 && isNarrowed && (
          <Empty title="Nothing of this kind is there" action={<Button onClick={showAll}>Show all</Button>}>
            {behind ? 'Nobody among these is behind, and nothing waits.' : 'No group, topic or queue fits.'}
          </Empty>
        )}
        {lag.data && all.length === 0 && <NothingYet connections={connections} at={at} />}
      </LagTable>
    </>
  );
}

function NothingYet({ connections, at }: { connections: readonly { readonly failing: unknown }[]; at: number | null }) {
  const hasFailing = connections.some(({ failing }) => failing !== null);
  if (at === null)
    return hasFailing ? (
      <Empty title="No connection could be read yet">
        What stands in the way is said above. It is tried again by itself.
      </Empty>
    ) : (
      <Empty title="Nothing was read yet">
        Each connection is asked by itself every 30 seconds, or as often as <code className="font-mono">lag.every</code>{' '}
        says.
      </Empty>
    );
  if (hasFailing)
    return (
      <Empty title="Nothing is known of the connections that answer">
        Others cannot be read: what stands in the way is said above. They are tried again by themselves.
      </Empty>
    );
  return (
    <Empty title="No consumer group and no queue is to be seen">
      There are none, or the accounts of these connections may not see them: on Kafka they need Describe on groups.
    </Empty>
  );
}

/** For each topic or queue the dead-letter queue that it fails into; a dead-letter queue leads to itself. */
function deadLettersByOrigin(overview: OverviewResponse | undefined): ReadonlyMap<string, DeadLetters> {
  const found = new Map<string, DeadLetters>();
  for (const { id, connection, name, origins, ...queue } of overview?.queues ?? []) {
    const open = queue.open ?? 0;
    for (const place of [...origins, name]) {
      const key = placeKey(connection, place);
      const known = found.get(key);
      // Of several the one with most to do.
      if (place === name || known === undefined || known.open < open) found.set(key, { queueId: id, open });
    }
  }
  return found;
}

function placeKey(connection: string, name: string): string {
  return `${connection}\n${name}`;
}
