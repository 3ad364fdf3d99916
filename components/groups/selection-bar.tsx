'use client';

import { GroupActions } from '#components/groups/group-actions.tsx';
import { mergeHead } from '#components/groups/prepare-groups.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import type { GroupChange, GroupRow } from '#lib/api/groups.ts';

/** What is selected and what can be done with it. */
export function SelectionBar({
  rows,
  isSelection,
  owners,
  busy,
  onChange,
  onMerge,
  onClear,
}: {
  rows: readonly GroupRow[];
  /** Else it is the row where the reader is. */
  isSelection: boolean;
  owners: readonly string[];
  busy: boolean;
  onChange: (change: GroupChange) => void;
  onMerge: () => void;
  onClear: () => void;
}) {
  const head = mergeHead(rows);
  return (
    <div
      role="region"
      aria-label="Selection"
      className="absolute inset-x-2 bottom-4 z-30 mx-auto flex w-fit flex-wrap items-center gap-2 rounded-[10px] border border-line-strong bg-panel py-2 pr-2.5 pl-3.5 whitespace-nowrap shadow-float"
    >
      <span role="status" className="mr-1">
        <b className="font-semibold">{isSelection ? `${formatCount(rows.length)} selected` : 'This group'}</b>
        <span className="text-faint max-lg:hidden">
          {' '}
          · {formatCount(rows.reduce((sum, row) => sum + row.count, 0))} dead letters
        </span>
      </span>
      <GroupActions rows={rows} owners={owners} side="top" busy={busy} onChange={onChange} />
      {head && rows.length > 1 && (
        <Button disabled={busy} keyHint="m" title={`Merge the others into “${head.title}”`} onClick={onMerge}>
          Merge
        </Button>
      )}
      {isSelection && (
        <Button look="quiet" onClick={onClear}>
          Clear
        </Button>
      )}
    </div>
  );
}
