'use client';

import clsx from 'clsx';
import { Download } from 'lucide-react';
import { useRef, useState } from 'react';
import { itemsExportHref, itemsPageSize } from '#components/queries/replays.ts';
import { DecideItems } from '#components/replay/decide-items.tsx';
import { itemChoices } from '#components/replay/prepare-items.ts';
import { itemHeightPx, ReplayItemLine } from '#components/replay/replay-item-line.tsx';
import { useItemPages } from '#components/replay/use-item-pages.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { Panel } from '#components/ui/panel.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { radioProps } from '#components/ui/radios.ts';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { useVirtualRows, type RowsHandle } from '#components/ui/virtual-rows.ts';
import type { ItemOutcome, ReplayItemView, ReplayView } from '#lib/api/replays.ts';

/** Each message of a replay, discard or restore with what became of it. */
export function ReplayItems({ replay }: { replay: ReplayView }) {
  const { id: replayId, account } = replay;
  const [chosen, setChosen] = useState<string>('all');
  const [from, setFrom] = useState(0);
  const [deciding, setDeciding] = useState<ReplayItemView | 'all' | null>(null);
  const choices = itemChoices(replay);
  const choice = choices.find((each) => each.label === chosen) ?? choices[0];
  const outcome = choice?.outcome ?? null;
  const labels = choices.map((each) => each.label);
  return (
    <Panel
      title="Messages"
      marks={
        <>
          <div
            role="radiogroup"
            aria-label="Which messages"
            className="flex flex-wrap gap-0.5 rounded-[5px] bg-sunk p-0.5"
          >
            {choices.map((each) => (
              <button
                key={each.label}
                {...radioProps({ id: each.label, ids: labels, chosen: choice?.label ?? null, onChoose: setChosen })}
                className={clsx(
                  'h-5 rounded px-2 text-2xs font-[550]',
                  each.label === choice?.label
                    ? 'bg-panel text-text shadow-[0_0_0_1px_var(--line-strong)]'
                    : 'text-soft hover:text-text',
                )}
              >
                {each.label} {formatCount(each.count)}
              </button>
            ))}
          </div>
          <span className="ml-auto flex items-center gap-1">
            {account.total > itemsPageSize && <FromNumber total={account.total} onFrom={setFrom} />}
            {account.unknown > 0 && (
              <Button size="small" onClick={() => setDeciding('all')}>
                Decide all {formatCount(account.unknown)} unknown
              </Button>
            )}
            {(['csv', 'ndjson'] as const).map((format) => (
              <a
                key={format}
                href={itemsExportHref(replayId, outcome, format)}
                download
                aria-label={`Export ${choice?.label ?? 'all'} as ${format.toUpperCase()}`}
                className={buttonClass('quiet', 'small')}
              >
                <Download size={12} aria-hidden /> {format.toUpperCase()}
              </a>
            ))}
          </span>
        </>
      }
    >
      {deciding !== null && (
        <DecideItems
          key={deciding === 'all' ? 'all' : deciding.id}
          replayId={replayId}
          action={replay.options.action}
          item={deciding === 'all' ? null : deciding}
          unknownCount={account.unknown}
          onDone={() => setDeciding(null)}
        />
      )}
      <ItemList
        key={`${choice?.label} ${from}`}
        from={from}
        replay={replay}
        outcome={outcome}
        count={choice?.count ?? 0}
        onDecide={setDeciding}
      />
    </Panel>
  );
}

/** Where a long list begins; takes effect with Enter, or when the field is left. */
function FromNumber({ total, onFrom }: { total: number; onFrom: (place: number) => void }) {
  const [typed, setTyped] = useState('');
  const commit = () => onFrom(Math.min(Math.max(1, Number(typed) || 1), total) - 1);
  return (
    <label className="mr-2 flex items-center gap-1.5 text-2xs text-soft">
      from no.
      <input
        inputMode="numeric"
        value={typed}
        placeholder="1"
        onChange={(event) => setTyped(event.target.value.replace(/\D/g, '').slice(0, 9))}
        onBlur={commit}
        onKeyDown={(event) => event.key === 'Enter' && commit()}
        className="h-6 w-20 rounded-md border border-control bg-panel px-2 text-xs placeholder:text-faint"
      />
    </label>
  );
}

/** A list of its own height and scroll: a million rows have no place on a page. */
function ItemList({
  replay,
  outcome,
  count,
  from,
  onDecide,
}: {
  replay: ReplayView;
  outcome: ItemOutcome | null;
  count: number;
  from: number;
  onDecide: (item: ReplayItemView) => void;
}) {
  const handle = useRef<RowsHandle>(null);
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const pages = useItemPages({ replayId: replay.id, outcome, count, from, ...sight });
  const { scroller, virtual } = useVirtualRows({
    ref: handle,
    count: pages.rowCount,
    heightPx: itemHeightPx,
    onLastShown: (last) => {
      const first = virtual.range?.startIndex ?? 0;
      setSight((known) => (known.first === first && known.last === last ? known : { first, last }));
    },
  });
  if (pages.error)
    return (
      <div className="p-3">
        <ProblemNotice error={pages.error} />
      </div>
    );
  if (count === 0) return <p className="p-3.5 text-soft">None.</p>;
  return (
    // Without a mouse it scrolls with the links of its rows, which Tab reaches (WCAG 2.1.1).
    <div
      ref={scroller}
      className="max-h-[max(320px,calc(100dvh-260px))] overflow-auto"
      aria-label="Its messages"
      role="group"
    >
      {pages.isPending && pages.at(sight.first) === undefined && (
        <SkeletonRows count={6} rowClass="h-[52px]" label="Reading its messages" />
      )}
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((row) => {
          const item = pages.at(row.index);
          return (
            item && <ReplayItemLine key={row.index} item={item} replay={replay} top={row.start} onDecide={onDecide} />
          );
        })}
      </ul>
    </div>
  );
}
