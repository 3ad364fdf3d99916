'use client';

import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactNode } from 'react';

/** Tooltips wait a moment before the first, and then follow the pointer at once. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return <Tooltip.Provider delay={350}>{children}</Tooltip.Provider>;
}
