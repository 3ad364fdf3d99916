'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useQueryStates } from 'nuqs';
import { useState } from 'react';
import { customRange, rangeLabel } from '#components/filter-bar/time-ranges.ts';
import { CountList } from '#components/groups/count-list.tsx';
import { BesidePanel, type BesideSelection } from '#components/discard/beside-panel.tsx';
import { GroupHead } from '#components/groups/group-head.tsx';
import { GroupActivity, GroupReplays } from '#components/groups/group-history.tsx';
import { GroupKeys } from '#components/groups/group-keys.tsx';
import { GroupNotes } from '#components/groups/group-notes.tsx';
import { GroupStatePill } from '#components/groups/group-state-pill.tsx';
import { GroupingSection, MergedSection } from '#components/groups/grouping-section.tsx';
import { groupUrl } from '#components/groups/groups-url.ts';
import { NewestMessage } from '#components/groups/newest-message.tsx';
import { groupTerm, openFilter, queueName } from '#components/groups/prepare-groups.ts';
import { RailSection } from '#components/groups/rail-section.tsx';
import { useGroupChanges } from '#components/groups/use-group-changes.ts';
import { groupQueryOptions } from '#components/queries/groups.ts';
import { timelineQueryOptions } from '#components/queries/timeline.ts';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { queueHref } from '#components/shell/links.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { focusPageTitle } from '#components/shell/page-title.ts';
import { Timeline } from '#components/timeline/timeline.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { GroupDetail } from '#lib/api/groups.ts';
import { AppError } from '#lib/domain/errors.ts';

/** The incident's page: what it is, what people decided and know of it, where it is, what it looks like, and putting it back. */
export function GroupScreen({ fingerprint }: { fingerprint: string }) {
  const { data: group, error, refetch } = useQuery(groupQueryOptions(fingerprint));
  const isUnknown = error instanceof AppError && error.code === 'not_found';
  return (
    <>
      <PageHeader
        title={
          <>
            <Link href="/groups" className="font-medium text-soft hover:text-text">
              Groups
            </Link>
            <span aria-hidden className="px-1.5 font-normal text-faint">
              /
            </span>
            {group ? <HostileText text={group.title} charactersMax={200} /> : 'Group'}
          </>
        }
        marks={group && <GroupStatePill state={group.state} />}
      />
      {isUnknown && !group && (
        <Empty
          title="No group has this fingerprint"
          action={
            <Link href="/groups" className={buttonClass('go')}>
              All groups
            </Link>
          }
        >
          The link may have been cut when it was pasted, or its dead letters are no longer indexed.
        </Empty>
      )}
      {error && !isUnknown && !group && (
        <div className="p-4">
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {!group && !error && <SkeletonRows count={16} rowClass="h-11" label="Reading the group" />}
      {group && <GroupView group={group} />}
    </>
  );
}

function GroupView({ group }: { group: GroupDetail }) {
  const [{ range }, setUrl] = useQueryStates(groupUrl);
  const [replaying, setReplaying] = useState<BesideSelection | null>(null);
  const close = () => {
    setReplaying(null);
    focusPageTitle();
  };
  const changes = useGroupChanges();
  const term = groupTerm(group.fingerprint);
  const timeline = useQuery(timelineQueryOptions({ filter: term, range }));
  const allOpen = () => ({ filter: openFilter(group.fingerprint), asOf: Date.now(), excluded: [] });
  const replayAll = () => {
    if (group.open > 0) setReplaying(allOpen());
  };
  useHotkeys({ r: replayAll, Escape: () => replaying !== null && close() });
  return (
    <div
      {...(replaying ? { 'data-beside': '' } : {})}
      className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] data-beside:grid-cols-[minmax(0,1fr)_440px] max-lg:data-beside:grid-cols-[minmax(0,1fr)] max-lg:[&>aside]:fixed max-lg:[&>aside]:inset-0 max-lg:[&>aside]:z-30"
    >
      <div className="min-h-0 overflow-y-auto bg-panel">
        <GroupHead
          group={group}
          changes={changes}
          onReplay={replayAll}
          onDiscard={() => setReplaying({ action: 'discard', ...allOpen() })}
        />
        <div className="grid grid-cols-[minmax(0,1fr)_336px] max-xl:grid-cols-[minmax(0,1fr)_280px] max-lg:grid-cols-[minmax(0,1fr)] max-2xl:in-data-beside:grid-cols-[minmax(0,1fr)] max-xl:in-data-beside:grid-cols-[minmax(0,1fr)]">
          <div className="min-w-0 border-r border-line max-lg:border-r-0 max-lg:border-b max-2xl:in-data-beside:border-r-0 max-2xl:in-data-beside:border-b">
            <div className="border-b border-line px-4 py-3">
              {timeline.error ? (
                <ProblemNotice error={timeline.error} />
              ) : (
                <Timeline
                  timeline={timeline.data ?? null}
                  height={96}
                  actions={
                    range !== 'all' && (
                      <Button size="small" onClick={() => void setUrl({ range: null })}>
                        All time
                      </Button>
                    )
                  }
                  onBrush={(from, to) => void setUrl({ range: customRange({ from, to }) })}
                />
              )}
              {range !== 'all' && <p className="text-2xs text-faint">{rangeLabel(range)}</p>}
            </div>
            {group.newestMessageId !== null && <NewestMessage newestId={group.newestMessageId} group={group} />}
            <GroupReplays group={group} />
          </div>
          <div className="min-w-0">
            <GroupNotes key={group.fingerprint} fingerprint={group.fingerprint} notes={group.noteList} />
            {group.queues.length > 0 && (
              <RailSection title="Queues" marks={formatCount(group.queues.length)}>
                <CountList
                  places={group.queues.map(({ queueId, count }) => ({
                    id: queueId,
                    name: queueName(queueId),
                    hint: queueId.slice(0, queueId.indexOf('/')),
                    href: queueHref(queueId, { filter: term }),
                    count,
                  }))}
                />
              </RailSection>
            )}
            <GroupKeys group={group} />
            <GroupingSection group={group} changes={changes} />
            <MergedSection group={group} changes={changes} />
            <GroupActivity activity={group.activity} />
          </div>
        </div>
      </div>
      {replaying && <BesidePanel key={JSON.stringify(replaying)} selection={replaying} onClose={close} />}
    </div>
  );
}
