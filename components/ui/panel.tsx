import clsx from 'clsx';
import type { ReactNode } from 'react';

/** A framed block with a title. Never put one in another. */
export function Panel({
  title,
  marks,
  children,
  className,
}: {
  title: ReactNode;
  marks?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={clsx('overflow-hidden rounded-lg border border-line bg-panel', className)}>
      <div className="flex min-h-10 flex-wrap items-center gap-2 border-b border-line px-3.5 py-1.5">
        <h2 className="text-[12.5px] font-semibold">{title}</h2>
        {marks}
      </div>
      {children}
    </section>
  );
}
