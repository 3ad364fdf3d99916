import clsx from 'clsx';
import type { ReactNode, Ref } from 'react';
import { SelectAll } from '#components/ui/checkbox.tsx';
import { FocusFrame } from '#components/ui/focus-frame.tsx';

/** A column's head: its place in the grid's template stands in `className`. */
export const columnHead = 'row-title truncate px-2.5';

/** A long table of rows that can be selected: what scrolls, its head that stays, and the rows in sight. Only rows and cells may be in it. */
export function GridFrame({
  scroller,
  label,
  rowCount,
  activeId,
  className,
  columns,
  selectAll,
  heads,
  isEmpty,
  heightPx,
  rows,
  onPointing,
  children,
}: {
  scroller: Ref<HTMLDivElement>;
  label: string;
  /** Of all, `null` while that is not known. */
  rowCount: number | null;
  /** The element of the row where the reader is. */
  activeId: string | null;
  className: string;
  columns: string;
  /** Absent where rows cannot be selected. */
  selectAll?: { readonly state: 'on' | 'some' | 'off'; readonly label: string; readonly onToggle: () => void };
  heads: ReactNode;
  isEmpty: boolean;
  /** Of all rows. */
  heightPx: number;
  rows: ReactNode;
  /** Whether the pointer is over it. */
  onPointing?: (pointing: boolean) => void;
  /** Below the rows. */
  children?: ReactNode;
}) {
  return (
    <FocusFrame className={className}>
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={rowCount === null ? -1 : rowCount + 1}
        {...(selectAll && { 'aria-multiselectable': true })}
        aria-activedescendant={activeId ?? undefined}
        tabIndex={0}
        {...(onPointing && {
          onPointerEnter: (event) => event.pointerType === 'mouse' && onPointing(true),
          onPointerLeave: () => onPointing(false),
        })}
        className="@container peer relative min-h-0 flex-1 overflow-auto bg-panel outline-none"
      >
        <div
          role="row"
          aria-rowindex={1}
          className={clsx(columns, 'sticky top-0 z-20 h-7 items-center border-b border-line bg-panel')}
        >
          {selectAll && (
            <div role="columnheader" className="grid place-items-center">
              <SelectAll {...selectAll} disabled={isEmpty} />
            </div>
          )}
          {heads}
        </div>
        {!isEmpty && (
          <div role="rowgroup" className="relative" style={{ height: heightPx }}>
            {rows}
          </div>
        )}
        {children}
      </div>
    </FocusFrame>
  );
}
