'use client';

import { useQueries } from '@tanstack/react-query';
import Link from 'next/link';
import { useRef, useState } from 'react';
import { replaysPageSize, replaysQueryOptions } from '#components/queries/replays.ts';
import { missingNumbersWords } from '#components/replay/prepare-replays.ts';
import { ReplayLine } from '#components/replay/replay-line.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { rowLinks, useRowSteps } from '#components/shell/row-steps.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { useNow } from '#components/ui/now.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { TableHead } from '#components/ui/table-head.tsx';

export function ReplaysScreen() {
  const now = useNow();
  const table = useRef<HTMLTableElement>(null);
  useRowSteps(() => rowLinks(table.current), { arrows: true });
  // Where each page begins: below this number.
  const [befores, setBefores] = useState<readonly (number | null)[]>([null]);
  const pages = useQueries({ queries: befores.map((before) => replaysQueryOptions(before)) });
  const [{ data, error, refetch } = { data: undefined, error: null, refetch: () => undefined }] = pages;
  const replays = pages.flatMap((page) => page.data?.replays ?? []);
  const missing = missingNumbersWords(replays.map(({ number }) => number));
  const oldest = replays.at(-1)?.number ?? null;
  const hasOlder = (pages.at(-1)?.data?.replays.length ?? 0) >= replaysPageSize;
  return (
    <>
      <PageHeader title="Replays" note="what was put back, by whom, and what came back" />
      <div className="min-h-0 flex-1 overflow-auto p-4 max-md:p-2">
        {error && !data && <ProblemNotice error={error} onRetry={() => void refetch()} />}
        {!data && !error && (
          <div className="overflow-hidden rounded-lg border border-line bg-panel">
            <div className="h-7 border-b border-line" />
            <SkeletonRows count={8} rowClass="h-[38px]" label="Reading the replays" />
          </div>
        )}
        {data?.replays.length === 0 && (
          <Empty
            title="Nothing has been replayed yet"
            action={
              <Link href="/" className={buttonClass('go')}>
                All dead-letter queues
              </Link>
            }
          >
            Open a queue, pick a message and press <kbd className="font-mono">r</kbd>: you see the plan before anything
            moves.
          </Empty>
        )}
        {data && data.replays.length > 0 && (
          <div className="overflow-x-auto rounded-lg border border-line bg-panel">
            <table ref={table} className="w-full min-w-[740px] table-fixed border-collapse" aria-label="Replays">
              <TableHead heads={heads} cell="px-2.5" />
              <tbody>
                {replays.map((replay) => (
                  <ReplayLine key={replay.id} replay={replay} now={now} />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {missing !== null && <p className="px-2.5 pt-2 text-xs text-faint">{missing}</p>}
        {hasOlder && (
          <div className="p-3 text-center">
            <Button size="small" onClick={() => setBefores([...befores, oldest])}>
              Show older replays
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

const heads = [
  ['Replay', 'w-[64px]'],
  ['What', ''],
  ['State', 'w-[204px]'],
  ['Account', 'w-[34%]'],
  ['By', 'w-[84px] max-xl:hidden'],
  ['When', 'w-[72px]'],
] as const;
