'use client';

import clsx from 'clsx';
import { ListTree } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonClass } from '#components/ui/button.tsx';
import { Popover } from '#components/ui/popover.tsx';

/** Where there is no room for the facets beside the table they are behind a button. `alone`: nothing else stands beside the table. */
export function FacetsButton({ alone, children }: { alone: boolean; children: ReactNode }) {
  return (
    <Popover
      title="Groups and facets"
      align="start"
      trigger={
        <button
          type="button"
          aria-label="Groups and facets"
          title="Groups and facets"
          className={clsx(buttonClass(), 'h-8!', alone ? 'lg:hidden' : 'xl:hidden')}
        >
          <ListTree size={13} aria-hidden />
        </button>
      }
    >
      <div className="w-72 max-w-full">{children}</div>
    </Popover>
  );
}
