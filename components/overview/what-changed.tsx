'use client';

import clsx from 'clsx';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { GroupStatePill } from '#components/groups/group-state-pill.tsx';
import { GroupTitle } from '#components/groups/group-title.tsx';
import { KnownBackTo } from '#components/groups/known-back-to.tsx';
import { changedStates, countIn, shownQueues } from '#components/groups/prepare-groups.ts';
import { twinMarks } from '#components/groups/prepare-twins.ts';
import { changedFirst, lookedAt, openOfAll, quietWords } from '#components/overview/prepare-changed.ts';
import { changedGroupsQueryOptions, worseGroupsQueryOptions } from '#components/queries/groups.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import { groupHref } from '#components/shell/links.ts';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';

const shownMax = 5;

/** Problems that someone has not seen before, or thought solved. One quiet line where there are none. */
export function WhatChanged() {
  const { data, error } = useQuery(changedGroupsQueryOptions());
  const overview = useQuery(overviewQueryOptions());
  const total = data ? countIn(data.byState, changedStates) : 0;
  const isCut = data !== undefined && data.groups.length < total;
  const worse = useQuery({ ...worseGroupsQueryOptions(), enabled: isCut });
  const all = data ? changedFirst([...(isCut ? (worse.data?.groups ?? []) : []), ...data.groups]) : [];
  const marks = twinMarks(all);
  if (error && !data) {
    return (
      <div className="mb-3.5">
        <ProblemNotice error={error} />
      </div>
    );
  }
  return (
    <section aria-label="What changed" className="mb-3.5 overflow-hidden rounded-lg border border-line bg-panel">
      <div className="flex h-7 items-center border-b border-line px-2.5 last:border-b-0">
        <h2 className="row-title">What changed</h2>
        {data && overview.data && all.length === 0 && (
          <span className="ml-3 text-xs text-faint">{quietWords(data, lookedAt(overview.data))}</span>
        )}
        {data && all.length > 0 && data.knownBackTo !== null && (
          <span className="ml-3 truncate text-xs">
            <KnownBackTo answer={data} />
          </span>
        )}
        {total > shownMax && (
          <Link
            href={`/groups?states=${changedStates.join(',')}&sort=last`}
            className="ml-auto text-xs text-accent underline-offset-2 hover:underline"
          >
            All {formatCount(total)} changed
          </Link>
        )}
      </div>
      {!data && <SkeletonRows count={shownMax} rowClass="h-8" label="Reading what changed" />}
      <ul>
        {all.slice(0, shownMax).map((group) => {
          const { names, more } = shownQueues(group.queues, 1);
          const counts = openOfAll(group);
          const mark = marks.get(group.fingerprint);
          return (
            <li
              key={group.fingerprint}
              className="relative grid h-8 grid-cols-[104px_minmax(0,1fr)_minmax(0,240px)_128px_84px_84px] items-center gap-x-3 border-b border-line px-2.5 last:border-b-0 hover:bg-hover max-xl:grid-cols-[104px_minmax(0,1fr)_120px_84px_84px] max-md:grid-cols-[32px_minmax(0,1fr)_96px_48px]"
            >
              <GroupStatePill state={group.state} shrinks />
              <Link
                href={groupHref(group.fingerprint)}
                prefetch={false}
                title={group.title}
                className="truncate after:absolute after:inset-0"
              >
                <GroupTitle title={group.title} />
                {mark !== undefined && (
                  <span className="text-faint">
                    {' · '}
                    <HostileText text={mark} charactersMax={160} />
                  </span>
                )}
              </Link>
              <span className="truncate text-faint max-xl:hidden">
                <HostileText text={names.join()} charactersMax={120} />
                {more > 0 && ` and ${formatCount(more)} more`}
              </span>
              <span
                className="text-right whitespace-nowrap text-faint"
                title={`${formatCount(group.count)} in all, ${formatCount(group.open)} of them neither put back nor gone`}
              >
                <b className={clsx('font-semibold', group.open > 0 && 'text-text')}>{counts.open}</b>
                {counts.rest}
              </span>
              {/* Two times that look alike have to say which is which: since when, and whether it still goes on. */}
              <span className="truncate text-right text-faint max-md:hidden">
                since <Instant at={group.firstAt} inRow className="relative z-10 text-text" />
              </span>
              <span className="truncate text-right text-faint">
                <span className="max-md:sr-only">last </span>
                <Instant at={group.lastAt} inRow className="relative z-10 text-text" />
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
