import type { ReactNode } from 'react';
import { formatCount } from '#components/ui/numbers.ts';

/** A titled list with its count. */
export function AlertSection({
  title,
  count,
  note,
  children,
}: {
  title: string;
  count?: number;
  note?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section aria-label={title} className="mb-3.5 overflow-hidden rounded-lg border border-line bg-panel">
      <div className="flex h-7 items-center gap-2 border-b border-line px-2.5 last:border-b-0">
        <h2 className="row-title">{title}</h2>
        {count !== undefined && count > 0 && <span className="text-xs font-semibold">{formatCount(count)}</span>}
        {note && <span className="min-w-0 truncate text-xs text-faint">{note}</span>}
      </div>
      {children}
    </section>
  );
}
