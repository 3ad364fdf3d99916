'use client';

import clsx from 'clsx';
import { useState, type KeyboardEvent } from 'react';
import { Button } from '#components/ui/button.tsx';

/**
 * Asks, in the place where it matters, before something is done that cannot be taken back. The answer that changes nothing has the focus, and Escape gives it;
 * the focus then goes back to where it was. After the other one the caller puts it where the reader goes on.
 */
export function Question({
  children,
  yes,
  no,
  className,
  onYes,
  onNo,
}: {
  /** With the exact count of what it is about. */
  children: string;
  yes: string;
  no: string;
  className?: string;
  onYes: () => void;
  onNo: () => void;
}) {
  const [askedFrom] = useState(() => document.activeElement);
  const leave = () => {
    onNo();
    if (askedFrom instanceof HTMLElement) askedFrom.focus();
  };
  const leaveByEscape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // Else it would close what stands around it as well.
    event.preventDefault();
    leave();
  };
  return (
    <div
      role="group"
      aria-label={children}
      className={clsx('flex flex-wrap items-center gap-2 bg-attention-soft text-attention', className)}
    >
      <p className="min-w-0 flex-1 basis-60 font-[550] break-words">{children}</p>
      <span className="flex gap-2">
        <Button size="small" look="danger" onKeyDown={leaveByEscape} onClick={onYes}>
          {yes}
        </Button>
        <Button size="small" autoFocus onKeyDown={leaveByEscape} onClick={leave}>
          {no}
        </Button>
      </span>
    </div>
  );
}
