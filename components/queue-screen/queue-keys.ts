'use client';

import { useHotkeys } from '#components/shell/hotkeys.ts';

/** The main path without a mouse. */
export function useQueueKeys(actions: {
  move: (by: number, selecting: boolean) => void;
  open: () => void;
  select: () => void;
  replay: () => void;
  edit: () => void;
  filter: () => void;
  close: () => void;
}): void {
  const far = Number.MAX_SAFE_INTEGER;
  useHotkeys({
    j: () => actions.move(1, false),
    k: () => actions.move(-1, false),
    J: () => actions.move(1, true),
    K: () => actions.move(-1, true),
    ArrowDown: (event) => actions.move(1, event.shiftKey),
    ArrowUp: (event) => actions.move(-1, event.shiftKey),
    PageDown: () => actions.move(20, false),
    PageUp: () => actions.move(-20, false),
    Home: () => actions.move(-far, false),
    End: () => actions.move(far, false),
    Enter: actions.open,
    ' ': actions.open,
    x: actions.select,
    r: actions.replay,
    e: actions.edit,
    '/': actions.filter,
    Escape: actions.close,
  });
}
