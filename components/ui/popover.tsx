'use client';

import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';

/** `open` is given where a key opens it too, or its content closes it. */
export function Popover({
  trigger,
  title,
  side = 'bottom',
  align = 'end',
  open,
  onOpenChange,
  children,
}: {
  trigger: ReactElement;
  title: string;
  side?: 'top' | 'bottom' | 'right';
  align?: 'start' | 'end';
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}) {
  return (
    <Base.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange: (next) => onOpenChange(next) } : {})}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} collisionPadding={8} className="z-40">
          <Base.Popup
            aria-label={title}
            className="max-h-[min(80vh,var(--available-height))] max-w-[calc(100vw-16px)] overflow-auto rounded-lg border border-line-strong bg-panel shadow-float"
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function PopoverClose({
  children,
  ...rest
}: {
  children: ReactNode;
  className?: string;
  onClick?: () => void;
  'aria-pressed'?: boolean;
}) {
  return <Base.Close {...rest}>{children}</Base.Close>;
}
