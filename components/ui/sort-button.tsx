import clsx from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';

/** As `aria-sort` of the header has it. */
export type SortOrder = 'ascending' | 'descending' | 'none';

/** What is in the head of a column by which a table can be ordered. */
export function SortButton({ order, onSort, children }: { order: SortOrder; onSort: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onSort}
      className={clsx('inline-flex h-6 items-center gap-1 rounded-sm hover:text-text', order !== 'none' && 'text-text')}
    >
      {children}
      {order === 'ascending' && <ArrowUp size={11} aria-hidden />}
      {order === 'descending' && <ArrowDown size={11} aria-hidden />}
    </button>
  );
}
