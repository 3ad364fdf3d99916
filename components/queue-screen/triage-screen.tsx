'use client';

import clsx from 'clsx';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useQueryStates } from 'nuqs';
import { useRef, useState } from 'react';
import { BesidePanel, type BesideSelection } from '#components/discard/beside-panel.tsx';
import { editSelectionHref } from '#components/edit/edit-url.ts';
import { MoveAllStrip } from '#components/discard/move-all-strip.tsx';
import { ExportMenu } from '#components/export/export-menu.tsx';
import { FilterBar } from '#components/filter-bar/filter-bar.tsx';
import { focusAtEnd } from '#components/filter-bar/focus-at-end.ts';
import { filterProblem, toggleTerm } from '#components/filter-bar/prepare-filter.ts';
import { RangePicker } from '#components/filter-bar/range-picker.tsx';
import { customRange } from '#components/filter-bar/time-ranges.ts';
import { MessagePanel } from '#components/message-detail/message-panel.tsx';
import { ActionBar } from '#components/message-table/action-bar.tsx';
import { MessageTable } from '#components/message-table/message-table.tsx';
import { hasSeveralOrigins } from '#components/message-table/prepare-rows.ts';
import { hiddenCount } from '#components/message-table/selection.ts';
import { fingerprintsOf } from '#components/queries/groups.ts';
import { messagesQueryOptions } from '#components/queries/messages.ts';
import { moveAllQueryOptions } from '#components/queries/move-all.ts';
import { overviewKey, overviewQueryOptions, syncQueue } from '#components/queries/overview.ts';
import { ofBefore } from '#components/queries/use-answered.ts';
import { AllQueuesHeader } from '#components/queue-screen/all-queues-header.tsx';
import { FacetsButton } from '#components/queue-screen/facets-button.tsx';
import { NewRows } from '#components/queue-screen/new-rows.tsx';
import { OrderPicker } from '#components/queue-screen/order-picker.tsx';
import { pageFilter } from '#components/queue-screen/page-filter.ts';
import { isOfArchive } from '#components/queue-screen/prepare-matching.ts';
import { unreadWords } from '#components/queue-screen/prepare-unread.ts';
import { toggleGroup } from '#components/queue-screen/prepare-terms.ts';
import { QueueHeader } from '#components/queue-screen/queue-header.tsx';
import { useQueueKeys } from '#components/queue-screen/queue-keys.ts';
import { queueUrl, startFilter } from '#components/queue-screen/queue-url.ts';
import { UnsearchedNote } from '#components/queue-screen/unsearched-note.tsx';
import { SearchProgress } from '#components/queue-screen/search-progress.tsx';
import { SideFacets } from '#components/queue-screen/side-facets.tsx';
import { TableEnd, tableEndState } from '#components/queue-screen/table-end.tsx';
import { TimelineStrip } from '#components/queue-screen/timeline-strip.tsx';
import { selectionMax, useMatching } from '#components/queue-screen/use-matching.ts';
import { useTableCursor } from '#components/queue-screen/use-table-cursor.ts';
import { useTriageReads } from '#components/queue-screen/use-triage-reads.ts';
import { useSeriesColours } from '#components/timeline/use-series-colours.ts';
import { useNow } from '#components/ui/now.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { RowsHandle } from '#components/ui/virtual-rows.ts';
import { ViewsMenu } from '#components/views/views-menu.tsx';
import { splitQueueId } from '#lib/domain/queue.ts';

/** Dead letters of one queue, or over all of them: since when, which problems, what one looks like, and putting them back. */
export function TriageScreen({ queueId }: { queueId: string | null }) {
  const client = useQueryClient();
  const router = useRouter();
  const now = useNow();
  const table = useRef<RowsHandle>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const [{ filter, range, order, message: openId }, setUrl] = useQueryStates(queueUrl);
  const [replaying, setReplaying] = useState<BesideSelection | null>(null);
  // The filter that still holds while what is typed cannot be read: nobody means to act on all of it.
  const [heldFilter, setHeldFilter] = useState<string | null>(null);
  const isOutdated = heldFilter === filter;
  const [pointedGroup, setPointedGroup] = useState<string | null>(null);

  const overview = useQuery(overviewQueryOptions());
  const queue = overview.data?.queues.find((each) => each.id === queueId) ?? null;
  const view = { filter: pageFilter(queueId, filter), range, order };
  const isUnknown = queueId !== null && overview.data !== undefined && queue === null;
  const unread = unreadWords(queueId === null ? (overview.data?.queues ?? null) : isUnknown ? 'unknown' : queue);
  const isValid = filterProblem(filter) === null;
  const movesAll = queue !== null && queue.kind !== 'kafka';
  const ownMove = useQuery({ ...moveAllQueryOptions(queueId ?? ''), enabled: movesAll });
  const isWhole = (filter === '' || filter === startFilter) && range === 'all';
  const reads = useTriageReads({ queueId, typed: filter, view, isValid });
  const { pages, search, rows, announcement, total } = reads;
  const slots = useSeriesColours(
    [
      ...new Set([
        ...(reads.timeline.data?.series ?? []).map((series) => series.fingerprint),
        ...fingerprintsOf(reads.groups.data ?? { groups: [] }),
      ]),
    ],
    reads.coloured.isPending ? null : (reads.coloured.data ?? []),
  );
  const cursor = useTableCursor(rows);

  const read = useMutation({
    mutationFn: async (insist: boolean) => {
      if (queueId !== null) await syncQueue(queueId, insist);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: overviewKey }),
  });
  const matchingAll = useMatching(view, cursor, setReplaying);

  const clear = () => {
    cursor.clear();
    matchingAll.forget();
  };
  const open = (id: string | null) =>
    void setUrl({ message: id }, { history: openId === null || id === null ? 'push' : 'replace' });
  const setFilter = (next: string) => void setUrl({ filter: next.trim() === '' ? '' : next });
  const toggle = (term: string) => setFilter(toggleTerm(filter, term));
  const showNew = () => {
    void client.resetQueries({ queryKey: messagesQueryOptions(view).queryKey });
    table.current?.scrollTo(0);
  };
  const withSelected = (key: string, does: (ids: readonly string[]) => void) => {
    if (isOutdated) return;
    const one = openId ?? cursor.currentId;
    const ids = cursor.selection.size > 0 ? [...cursor.selection] : one === null ? [] : [one];
    if (ids.length > 0) does(ids);
    else if (rows.length > 0) toast(`Say which: go to a row with j or k, or select rows with x. Then ${key} them.`);
  };
  const replaySelected = () => withSelected('r replays', (messageIds) => setReplaying({ messageIds }));
  const editSelected = () =>
    withSelected('e edits', (messageIds) => router.push(editSelectionHref({ messageIds }, sessionStorage)));
  const move = (by: number, selecting: boolean) => {
    const at = cursor.move(by, selecting);
    if (!at) return;
    // A link that was clicked before must not take the Enter that is meant for the row.
    table.current?.focus();
    table.current?.scrollTo(at.index);
    if (openId !== null) open(at.id);
  };
  useQueueKeys({
    move,
    open: () => {
      // Without a current row the first one is meant.
      const id = cursor.currentId ?? rows[0]?.id;
      if (id === undefined) return;
      cursor.goTo(id);
      open(id);
    },
    select: () => cursor.currentId !== null && cursor.toggle(cursor.currentId),
    replay: replaySelected,
    edit: editSelected,
    filter: () => focusAtEnd(filterField.current),
    close: () => {
      if (replaying) setReplaying(null);
      else if (openId !== null) open(null);
      else clear();
      table.current?.focus();
    },
  });

  const ofArchive = isOfArchive(filter);
  const beside = replaying !== null || openId !== null;
  const matching =
    !isOutdated && total && !total.capped && total.count > cursor.selection.size && total.count <= selectionMax
      ? total.count
      : null;
  const dimmed = isOutdated && ofBefore;
  const facets = (
    <SideFacets
      queueId={queueId}
      typed={filter}
      range={range}
      reads={reads}
      isIdle={!isValid}
      unread={unread}
      slots={slots}
      onTerm={toggle}
      onGroup={(fingerprint) => setFilter(toggleGroup(filter, fingerprint))}
      onPoint={setPointedGroup}
    />
  );
  return (
    <>
      {queueId === null ? (
        <AllQueuesHeader overview={overview.data ?? null} />
      ) : (
        <QueueHeader
          name={splitQueueId(queueId)?.name ?? queueId}
          queue={queue}
          now={now}
          reading={read.isPending}
          onRead={(insist) => read.mutate(insist)}
          // Its own means know no filter: they are offered where everything is shown.
          onMoveAll={
            ownMove.data?.facts.available === true && isWhole
              ? () => setReplaying({ action: 'move-all', queueId })
              : undefined
          }
        />
      )}
      {queueId !== null && movesAll && <MoveAllStrip queueId={queueId} />}
      <FilterBar
        fieldRef={filterField}
        filter={filter}
        // Nobody counted what was not read.
        total={queue?.open === null || (isUnknown && total?.count === 0) ? null : total}
        values={{ class: (reads.groups.data?.groups ?? []).flatMap((group) => group.errorClass ?? []) }}
        within={pageFilter(queueId, '')}
        range={range}
        onFilter={setFilter}
        onTyped={(isReadable) => setHeldFilter(isReadable ? null : filter)}
        onLeave={() => table.current?.focus()}
      >
        <FacetsButton alone={!beside}>{facets}</FacetsButton>
        <RangePicker range={range} onRange={(next) => void setUrl({ range: next })} />
        <OrderPicker order={order} onOrder={(next) => void setUrl({ order: next })} />
        <ViewsMenu shown={{ queueId, page: { kind: 'messages', order }, filter, range }} />
        <ExportMenu filter={view.filter} range={range} total={total} disabled={!isValid} />
      </FilterBar>
      <TimelineStrip
        isDimmed={isOutdated}
        isOfBefore={reads.isOfBefore.timeline}
        isIdle={!isValid}
        unread={unread}
        timeline={reads.timeline.data ?? null}
        problem={reads.timeline.error}
        slots={slots}
        pointed={pointedGroup}
        isNarrowed={range !== 'all'}
        onRange={(from, to) => void setUrl({ range: customRange({ from, to }) }, { history: 'push' })}
        onAllTime={() => void setUrl({ range: null }, { history: 'push' })}
      />
      {(read.error ?? matchingAll.error) && (
        <div className="border-b border-line p-2">
          <ProblemNotice error={read.error ?? matchingAll.error} />
        </div>
      )}
      <div {...(beside ? { 'data-beside': '' } : {})} className={bodyClass(beside)}>
        <div
          className={clsx(
            'min-h-0 overflow-y-auto border-r border-line max-lg:hidden max-xl:in-data-[beside]:hidden',
            dimmed,
          )}
        >
          {facets}
        </div>
        <div className={clsx('relative flex min-h-0 min-w-0 flex-col', dimmed)}>
          <MessageTable
            ref={table}
            label={queueId === null ? 'Dead letters of all queues' : `Dead letters of ${queueId}`}
            rows={rows}
            total={total?.count ?? null}
            shown={{
              withQueue: queueId === null,
              // Over all queues the queue says it well enough, and the error needs the room.
              withExpiry: order === 'expiring',
              withOrigin: queueId !== null && ((queue?.origins.length ?? 0) > 1 || hasSeveralOrigins(rows)),
            }}
            currentId={cursor.currentId}
            openId={openId}
            selection={cursor.selection}
            canLoadMore={pages.hasNextPage && !pages.isFetching}
            onLoadMore={search.more}
            onCurrent={cursor.goTo}
            onOpen={open}
            onToggle={cursor.toggle}
            onToggleRange={cursor.toggleRange}
            onToggleAll={cursor.toggleAll}
          >
            <TableEnd
              place={queueId === null ? 'all' : queue}
              state={tableEndState(rows.length, isValid, search.search, pages)}
              error={pages.error}
              isNarrowed={(filter !== '' && filter !== startFilter) || range !== 'all'}
              onShowAll={() => void setUrl({ filter: null, range: null })}
              onRetry={() => void pages.refetch()}
              onRead={() => read.mutate(false)}
            />
          </MessageTable>
          {search.search && (
            <SearchProgress
              search={search.search}
              found={rows.length}
              order={order}
              onStop={search.stop}
              onGoOn={search.goOn}
            />
          )}
          {!isOutdated && <UnsearchedNote unsearched={pages.data?.pages[0]?.unsearched} />}
          <NewRows announcement={rows.length > 0 ? announcement : null} upwards={order === 'newest'} onShow={showNew} />
          {cursor.selection.size > 0 && replaying === null && (
            <ActionBar
              selected={cursor.selection.size}
              hidden={hiddenCount(cursor.selection, rows)}
              matching={matching}
              gathering={matchingAll.isBusy}
              onSelectMatching={matchingAll.select}
              leftOut={matchingAll.ofSelection}
              tooMany={!isOutdated && total && (total.capped || total.count > selectionMax) ? total : null}
              onAllMatching={() =>
                ofArchive ? setReplaying({ action: 'restore', ...matchingAll.selection() }) : matchingAll.replay()
              }
              isOfArchive={ofArchive}
              onClear={clear}
              canReplay={!isOutdated}
              onReplay={replaySelected}
              onEdit={editSelected}
              onDiscard={() => setReplaying({ action: 'discard', messageIds: [...cursor.selection] })}
              onRestore={() => setReplaying({ action: 'restore', messageIds: [...cursor.selection] })}
            />
          )}
        </div>
        {replaying !== null && (
          <BesidePanel
            key={JSON.stringify(replaying)}
            selection={replaying}
            leftOut={'filter' in replaying ? matchingAll.ofPlan : null}
            onClose={() => {
              setReplaying(null);
              table.current?.focus();
            }}
            onSent={() => ('messageIds' in replaying ? cursor.drop(replaying.messageIds) : clear())}
          />
        )}
        {replaying === null && openId !== null && (
          <MessagePanel
            messageId={openId}
            onClose={() => open(null)}
            onReplay={() => setReplaying({ messageIds: [openId] })}
            onDiscard={setReplaying}
            onTerm={toggle}
            onOpen={open}
          />
        )}
      </div>
    </>
  );
}

function bodyClass(beside: boolean): string {
  const base = 'grid min-h-0 flex-1 max-lg:grid-cols-[minmax(0,1fr)]';
  if (!beside) return `${base} grid-cols-[244px_minmax(0,1fr)]`;
  return `${base} grid-cols-[244px_minmax(0,1fr)_440px] max-xl:grid-cols-[minmax(0,1fr)_412px] max-lg:[&>aside]:fixed max-lg:[&>aside]:inset-0 max-lg:[&>aside]:z-30`;
}
