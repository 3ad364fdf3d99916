'use client';

import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';

/** Only for what has no place beside the work: the shortcuts and the palette. */
export function Dialog({
  open,
  onOpenChange,
  title,
  titleHidden = false,
  initialFocus,
  children,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  titleHidden?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
  children: ReactNode;
}) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[#0b0b1040]" />
        <Base.Popup
          {...(initialFocus ? { initialFocus } : {})}
          className="fixed top-[12vh] left-1/2 z-50 max-h-[76vh] w-[min(560px,calc(100vw-24px))] -translate-x-1/2 overflow-auto rounded-lg border border-line-strong bg-panel shadow-float"
        >
          <Base.Title className={titleHidden ? 'sr-only' : 'border-b border-line px-4 py-2.5 text-sm font-semibold'}>
            {title}
          </Base.Title>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
