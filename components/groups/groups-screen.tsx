'use client';

import clsx from 'clsx';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useQueryStates } from 'nuqs';
import { useRef, useState } from 'react';
import { FilterBar } from '#components/filter-bar/filter-bar.tsx';
import { focusAtEnd } from '#components/filter-bar/focus-at-end.ts';
import { filterProblem } from '#components/filter-bar/prepare-filter.ts';
import { RangePicker } from '#components/filter-bar/range-picker.tsx';
import { rangeLabel } from '#components/filter-bar/time-ranges.ts';
import { GroupTable } from '#components/groups/group-table.tsx';
import { GroupsEnd } from '#components/groups/groups-end.tsx';
import { groupSorts, groupsUrl } from '#components/groups/groups-url.ts';
import {
  cutWords,
  groupWithin,
  mergeHead,
  openStates,
  problemsSentence,
  sortLabels,
} from '#components/groups/prepare-groups.ts';
import { PartialNote } from '#components/groups/partial-note.tsx';
import { SelectionBar } from '#components/groups/selection-bar.tsx';
import { StateChips } from '#components/groups/state-chips.tsx';
import { useGroupChanges } from '#components/groups/use-group-changes.ts';
import { useGroupCursor } from '#components/groups/use-group-cursor.ts';
import { useHeldOrder } from '#components/groups/use-held-order.ts';
import { groupsQueryOptions } from '#components/queries/groups.ts';
import { ofBefore, useAnswered } from '#components/queries/use-answered.ts';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { groupHref, messagesHref } from '#components/shell/links.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { useNow } from '#components/ui/now.tsx';
import type { RowsHandle } from '#components/ui/virtual-rows.ts';
import { ViewsMenu } from '#components/views/views-menu.tsx';
import { groupStates } from '#lib/domain/error-group.ts';

/** Across all queues: how many problems the dead letters really are, and which of them need someone. */
export function GroupsScreen() {
  const now = useNow();
  const router = useRouter();
  const table = useRef<RowsHandle>(null);
  const filterField = useRef<HTMLInputElement>(null);
  const [{ filter, range, states, sort }, setUrl] = useQueryStates(groupsUrl);
  const [pointing, setPointing] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const isValid = filterProblem(filter) === null;
  const groups = useQuery({ ...groupsQueryOptions({ filter, range, states, sort }), enabled: isValid });
  const data = isValid ? groups.data : undefined;
  // While an answer is on its way the rows of the last one stand there, and its order with them.
  const counted = [filter, range].join('\n');
  const asked = [counted, states.join(), sort].join('\n');
  const answered = useAnswered(asked, groups.isPlaceholderData);
  const isOfBefore = answered !== asked;
  // Other states and another order change the rows, and what was counted stays.
  const isCountOfBefore = useAnswered(counted, groups.isPlaceholderData) !== counted;
  const fresh = data?.groups ?? [];
  const isHeld = pointing || fresh.some((row) => chosen.has(row.fingerprint));
  const { rows, announcement, release } = useHeldOrder(fresh, answered, isHeld);
  const cursor = useGroupCursor(
    rows.map((row) => row.fingerprint),
    chosen,
    setChosen,
  );
  const changes = useGroupChanges();

  const current = rows.filter((row) => row.fingerprint === cursor.current);
  const selected = rows.filter((row) => cursor.selection.has(row.fingerprint));
  const acting = selected.length > 0 ? selected : current;
  const owners = [...new Set(rows.flatMap((row) => row.owner ?? []))].toSorted();
  const byState = data?.byState ?? null;
  // An answer that stands in for another one is of other states.
  const cut = data && !groups.isPlaceholderData ? cutWords(data, states) : null;
  const hidden = groupStates.reduce((sum, state) => sum + (states.includes(state) ? 0 : (byState?.[state] ?? 0)), 0);

  const move = (by: number, selecting: boolean) => {
    const index = cursor.move(by, selecting);
    if (index === null) return;
    // A link that was clicked before must not take the Enter that is meant for the row.
    table.current?.focus();
    table.current?.scrollTo(index);
  };
  const merge = () => {
    const head = mergeHead(selected);
    if (!head || selected.length < 2) return;
    changes.merge(selected, head);
    cursor.clear();
  };
  const open = () => {
    // Without a current row the first one is meant.
    const fingerprint = cursor.current ?? rows[0]?.fingerprint;
    if (fingerprint !== undefined) router.push(groupHref(fingerprint));
  };
  useHotkeys({
    j: () => move(1, false),
    k: () => move(-1, false),
    J: () => move(1, true),
    K: () => move(-1, true),
    ArrowDown: (event) => move(1, event.shiftKey),
    ArrowUp: (event) => move(-1, event.shiftKey),
    Home: () => move(-rows.length, false),
    End: () => move(rows.length, false),
    Enter: open,
    ' ': open,
    x: () => cursor.current !== null && cursor.toggle(cursor.current),
    m: merge,
    '/': () => focusAtEnd(filterField.current),
    Escape: () => {
      cursor.clear();
      table.current?.focus();
    },
  });

  return (
    <>
      <PageHeader
        title="Groups"
        note={data && <span className={clsx(isCountOfBefore && ofBefore)}>{problemsSentence(data)}</span>}
      />
      <FilterBar
        fieldRef={filterField}
        filter={filter}
        total={data && !isOfBefore ? { count: data.count, capped: false } : null}
        values={{}}
        range={range}
        onFilter={(next) => void setUrl({ filter: next.trim() === '' ? null : next })}
        onLeave={() => table.current?.focus()}
      >
        <RangePicker range={range} onRange={(next) => void setUrl({ range: next })} />
        <select
          aria-label="Order"
          value={sort}
          onChange={(event) => void setUrl({ sort: groupSorts.find((each) => each === event.target.value) ?? null })}
          className="h-8 rounded-md border border-line-strong bg-panel px-2 text-xs font-[550]"
        >
          {groupSorts.map((each) => (
            <option key={each} value={each}>
              {sortLabels[each]}
            </option>
          ))}
        </select>
        <ViewsMenu shown={{ queueId: null, page: { kind: 'groups', sort, states }, filter, range }} />
      </FilterBar>
      <div
        aria-busy={isCountOfBefore}
        className={clsx(
          'flex min-h-10 items-center gap-3 border-b border-line bg-panel px-3.5 py-1.5 max-md:px-2',
          isCountOfBefore && ofBefore,
        )}
      >
        <StateChips chosen={states} byState={byState} onChoose={(next) => void setUrl({ states: [...next] })} />
        <span className="flex-1" />
        {cut && (
          <span role="status" className="text-xs text-attention">
            {cut}
          </span>
        )}
        {data && <PartialNote answer={data} />}
      </div>
      <div aria-busy={isOfBefore} className={clsx('relative flex min-h-0 flex-1 flex-col', isOfBefore && ofBefore)}>
        <GroupTable
          ref={table}
          rows={rows}
          sort={sort}
          now={now}
          trendTitle={range === 'all' ? 'Over the last 24 hours' : `Over ${rangeLabel(range).toLowerCase()}`}
          messagesOf={(row) => messagesHref(groupWithin(filter, row.fingerprint), { range })}
          current={cursor.current}
          selection={cursor.selection}
          onSort={(next) => void setUrl({ sort: next })}
          onPointing={setPointing}
          onCurrent={cursor.goTo}
          onToggle={cursor.toggle}
          onToggleRange={cursor.toggleRange}
          onToggleAll={cursor.toggleAll}
        >
          <GroupsEnd
            state={!isValid ? 'invalid' : rows.length > 0 ? 'rows' : groups.error ? 'broken' : data ? 'empty' : 'first'}
            error={groups.error}
            hidden={hidden}
            needsSomeone={openStates.some((state) => (byState?.[state] ?? 0) > 0)}
            isNarrowed={filter !== '' || range !== 'all'}
            isReading={(data?.reading.length ?? 0) > 0}
            onShowHidden={() => void setUrl({ states: [...groupStates] })}
            onShowAll={() => void setUrl({ filter: null, range: null })}
            onRetry={() => void groups.refetch()}
          />
        </GroupTable>
        {announcement && (
          <button
            type="button"
            onClick={release}
            className="absolute top-0.5 left-1/2 z-30 h-6 -translate-x-1/2 rounded-full bg-accent px-3 text-xs font-[550] text-on-accent shadow-float"
          >
            {announcement}: show
          </button>
        )}
        {acting.length > 0 && (
          <SelectionBar
            rows={acting}
            isSelection={selected.length > 0}
            owners={owners}
            busy={changes.isPending}
            onChange={(change) => changes.change(acting, change)}
            onMerge={merge}
            onClear={cursor.clear}
          />
        )}
      </div>
    </>
  );
}
