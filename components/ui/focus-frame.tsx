import clsx from 'clsx';
import type { ReactNode } from 'react';

/**
 * Draws the focus of what scrolls in it, above all of its rows: an outline of the scrolling element itself is painted over by rows that are placed and
 * by a head that sticks. The scrolling element says `peer outline-none`.
 */
export function FocusFrame({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div className={clsx('relative isolate flex flex-col', className)}>
      {children}
      <div
        aria-hidden
        className="pointer-events-none absolute inset-0 z-30 hidden outline-2 -outline-offset-2 outline-accent peer-focus-visible:block"
      />
    </div>
  );
}
