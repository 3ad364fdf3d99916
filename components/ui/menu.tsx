'use client';

import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement } from 'react';

export interface MenuItem {
  readonly label: string;
  /** What it does, where the label alone would not say it. */
  readonly detail?: string;
  readonly onChoose: () => void;
}

/** A few things to do behind one button. `open` is given where a key opens it too. */
export function Menu({
  trigger,
  title,
  items,
  side = 'bottom',
  open,
  onOpenChange,
}: {
  trigger: ReactElement;
  title: string;
  items: readonly MenuItem[];
  side?: 'top' | 'bottom';
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  return (
    <Base.Root
      modal={false}
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange: (next) => onOpenChange(next) } : {})}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align="end" sideOffset={6} collisionPadding={8} className="z-40">
          <Base.Popup
            aria-label={title}
            className="max-h-(--available-height) min-w-40 overflow-auto rounded-lg border border-line-strong bg-panel p-1 shadow-float"
          >
            {items.map((item) => (
              <Base.Item
                key={item.label}
                onClick={item.onChoose}
                className="flex min-h-7 cursor-pointer items-center gap-4 rounded-md px-2 text-xs outline-none data-[highlighted]:bg-accent-soft"
              >
                <span className="font-[550]">{item.label}</span>
                {item.detail && <span className="ml-auto text-faint">{item.detail}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
