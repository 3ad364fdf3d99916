import clsx from 'clsx';
import type { ReactNode } from 'react';

/** Text that may be higher than its place. Where it scrolls it takes the focus, because without a mouse nobody could read its end (WCAG 2.1.1). */
export function ScrollBox({
  scrolls,
  className,
  children,
}: {
  scrolls: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div {...(scrolls ? { tabIndex: 0 } : {})} className={clsx(scrolls && 'overflow-auto', className)}>
      {children}
    </div>
  );
}
