'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useImperativeHandle, useRef, type Ref } from 'react';

export interface RowsHandle {
  focus(): void;
  scrollTo(index: number): void;
}

/** The rows of a long table of which only those in sight are drawn, all of one height, below a head that sticks to the top. */
export function useVirtualRows({
  ref,
  count,
  heightPx,
  endPx = 0,
  onLastShown,
}: {
  ref: Ref<RowsHandle>;
  count: number;
  heightPx: number;
  /** What floats over the end of the table. */
  endPx?: number;
  /** With each change of what is in sight. */
  onLastShown?: (index: number) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => heightPx,
    overscan: 12,
    initialRect: { width: 800, height: 960 },
    // The head would cover a row that was scrolled to.
    scrollPaddingStart: 28,
    scrollPaddingEnd: endPx,
    paddingEnd: endPx,
    ...(onLastShown && { onChange: (instance) => onLastShown(instance.range?.endIndex ?? 0) }),
  });
  useImperativeHandle(ref, () => ({
    focus: () => scroller.current?.focus({ preventScroll: true }),
    scrollTo: (index) => virtual.scrollToIndex(index),
  }));
  return { scroller, virtual };
}
