'use client';

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useQueryStates } from 'nuqs';
import { useRef, useState } from 'react';
import { FilterBar } from '#components/filter-bar/filter-bar.tsx';
import { focusAtEnd } from '#components/filter-bar/focus-at-end.ts';
import {
  facetTerm,
  filterProblem,
  hasTerm,
  queueFilter,
  toggleTerm,
  valueTerm,
} from '#components/filter-bar/prepare-filter.ts';
import { RangePicker } from '#components/filter-bar/range-picker.tsx';
import { MessagePanel } from '#components/message-detail/message-panel.tsx';
import { ActionBar } from '#components/message-table/action-bar.tsx';
import { ErrorFacets } from '#components/message-table/error-facets.tsx';
import { MessageTable, type TableHandle } from '#components/message-table/message-table.tsx';
import { facetsOf } from '#components/message-table/prepare-facets.ts';
import { hasSeveralOrigins, withFresh } from '#components/message-table/prepare-rows.ts';
import { hiddenCount } from '#components/message-table/selection.ts';
import {
  errorsQueryOptions,
  freshMessagesQueryOptions,
  freshRows,
  messagesQueryOptions,
  readMatchingIds,
} from '#components/queries/messages.ts';
import { overviewKey, overviewQueryOptions, syncQueue } from '#components/queries/overview.ts';
import { useQueueKeys } from '#components/queue-screen/queue-keys.ts';
import { QueueHeader } from '#components/queue-screen/queue-header.tsx';
import { queueUrl, startFilter } from '#components/queue-screen/queue-url.ts';
import { TableEnd } from '#components/queue-screen/table-end.tsx';
import { useTableCursor } from '#components/queue-screen/use-table-cursor.ts';
import { ReplayPanel } from '#components/replay/replay-panel.tsx';
import { useNow } from '#components/ui/now.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { splitQueueId } from '#lib/domain/queue.ts';

/** A plan takes at most so many messages, and so does "all matching". */
const selectionMax = 10_000;

export function QueueScreen({ queueId }: { queueId: string }) {
  const client = useQueryClient();
  const now = useNow();
  const table = useRef<TableHandle>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const [{ filter, range, order, message: openId }, setUrl] = useQueryStates(queueUrl);
  const [replaying, setReplaying] = useState<readonly string[] | null>(null);

  const overview = useQuery(overviewQueryOptions());
  const queue = overview.data?.queues.find((each) => each.id === queueId) ?? null;
  const view = { filter: queueFilter(queueId, filter), range, order };
  const isValid = filterProblem(filter) === null;
  const pages = useInfiniteQuery({ ...messagesQueryOptions(view), enabled: isValid });
  const loaded = pages.data?.pages.flatMap((page) => page.messages) ?? [];
  const fresh = useQuery({ ...freshMessagesQueryOptions(view, loaded.length), enabled: isValid && pages.isSuccess });
  const errors = useQuery({ ...errorsQueryOptions(view), enabled: isValid });
  const classes = errors.data?.errors.flatMap((facet) => facet.errorClass ?? []) ?? [];
  const { rows, announcement } = withFresh(
    loaded,
    fresh.isPlaceholderData ? undefined : fresh.data?.messages,
    freshRows(loaded.length),
    !pages.hasNextPage,
    order,
  );
  const total = fresh.data?.total ?? pages.data?.pages[0]?.total ?? null;
  const cursor = useTableCursor(rows);

  const read = useMutation({
    mutationFn: (insist: boolean) => syncQueue(queueId, insist),
    onSuccess: () => client.invalidateQueries({ queryKey: overviewKey }),
  });
  const gather = useMutation({ mutationFn: () => readMatchingIds(view, selectionMax), onSuccess: cursor.select });

  const open = (id: string | null) =>
    void setUrl({ message: id }, { history: openId === null || id === null ? 'push' : 'replace' });
  const setFilter = (next: string) => void setUrl({ filter: next.trim() === '' ? '' : next });
  const showNew = () => {
    void client.resetQueries({ queryKey: messagesQueryOptions(view).queryKey });
    table.current?.scrollTo(0);
  };
  const replaySelected = () => {
    const one = openId ?? cursor.currentId;
    const ids = cursor.selection.size > 0 ? [...cursor.selection] : one === null ? [] : [one];
    if (ids.length > 0) setReplaying(ids);
  };
  const move = (by: number, selecting: boolean) => {
    const at = cursor.move(by, selecting);
    if (!at) return;
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
    filter: () => focusAtEnd(filterField.current),
    close: () => {
      if (replaying) setReplaying(null);
      else if (openId !== null) open(null);
      else cursor.clear();
      table.current?.focus();
    },
  });

  const beside = replaying !== null || openId !== null;
  const matching =
    total && !total.capped && total.count > cursor.selection.size && total.count <= selectionMax ? total.count : null;
  return (
    <>
      <QueueHeader
        name={splitQueueId(queueId)?.name ?? queueId}
        queue={queue}
        now={now}
        reading={read.isPending}
        onRead={(insist) => read.mutate(insist)}
      />
      <FilterBar
        fieldRef={filterField}
        filter={filter}
        total={total}
        values={{ class: classes }}
        onFilter={setFilter}
        onLeave={() => table.current?.focus()}
      >
        <RangePicker range={range} onRange={(next) => void setUrl({ range: next })} />
        <select
          aria-label="Order"
          value={order}
          onChange={(event) => void setUrl({ order: event.target.value === 'oldest' ? 'oldest' : 'newest' })}
          className="h-8 rounded-md border border-line-strong bg-panel px-2 text-xs font-[550] max-md:hidden"
        >
          <option value="newest">Newest first</option>
          <option value="oldest">Oldest first</option>
        </select>
      </FilterBar>
      {(read.error ?? gather.error) && (
        <div className="border-b border-line p-2">
          <ProblemNotice error={read.error ?? gather.error} />
        </div>
      )}
      <div {...(beside ? { 'data-beside': '' } : {})} className={bodyClass(beside)}>
        <div className="flex min-h-0 flex-col border-r border-line max-lg:hidden max-xl:in-data-[beside]:hidden">
          <ErrorFacets
            facets={!isValid ? [] : errors.data ? facetsOf(errors.data.errors) : null}
            problem={errors.error}
            isChosen={(facet) => hasTerm(filter, facetTerm(facet) ?? '\0')}
            onChoose={(facet) => {
              const term = facetTerm(facet);
              if (term !== null) setFilter(toggleTerm(filter, term));
            }}
          />
        </div>
        <div className="relative flex min-h-0 min-w-0 flex-col">
          <MessageTable
            ref={table}
            label={`Dead letters of ${queueId}`}
            rows={rows}
            total={total?.count ?? null}
            withOrigin={(queue?.origins.length ?? 0) > 1 || hasSeveralOrigins(rows)}
            currentId={cursor.currentId}
            openId={openId}
            selection={cursor.selection}
            canLoadMore={pages.hasNextPage && !pages.isFetching}
            onLoadMore={() => void pages.fetchNextPage()}
            onCurrent={cursor.goTo}
            onOpen={open}
            onToggle={cursor.toggle}
            onToggleRange={cursor.toggleRange}
            onToggleAll={cursor.toggleAll}
          >
            <TableEnd
              queue={queue}
              state={
                rows.length > 0
                  ? pages.isFetchingNextPage
                    ? 'more'
                    : 'rows'
                  : pages.error
                    ? 'broken'
                    : isValid && pages.isPending
                      ? 'first'
                      : isValid
                        ? 'empty'
                        : 'invalid'
              }
              error={pages.error}
              isNarrowed={(filter !== '' && filter !== startFilter) || range !== 'all'}
              onShowAll={() => void setUrl({ filter: null, range: null })}
              onRetry={() => void pages.refetch()}
              onRead={() => read.mutate(false)}
            />
          </MessageTable>
          {announcement && rows.length > 0 && (
            <button
              type="button"
              onClick={showNew}
              className="absolute top-0.5 left-1/2 z-20 h-6 -translate-x-1/2 rounded-full bg-accent px-3 text-xs font-[550] text-on-accent shadow-float"
              aria-label={`${announcement}: show them`}
            >
              {order === 'newest' ? '↑ ' : ''}
              {announcement}
            </button>
          )}
          {cursor.selection.size > 0 && replaying === null && (
            <ActionBar
              selected={cursor.selection.size}
              hidden={hiddenCount(cursor.selection, rows)}
              matching={matching}
              gathering={gather.isPending}
              onSelectMatching={() => gather.mutate()}
              onClear={cursor.clear}
              onReplay={replaySelected}
            />
          )}
        </div>
        {replaying !== null && (
          <ReplayPanel
            key={replaying.join()}
            selection={{ messageIds: replaying }}
            onClose={() => setReplaying(null)}
            onSent={() => cursor.drop(replaying)}
          />
        )}
        {replaying === null && openId !== null && (
          <MessagePanel
            messageId={openId}
            onClose={() => open(null)}
            onReplay={() => setReplaying([openId])}
            onFilter={(field, value) => setFilter(toggleTerm(filter, valueTerm(field, value)))}
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
