import { useEffect, useEffectEvent } from 'react';
import { isCharacterKey } from '#components/shell/character-keys.ts';

/**
 * Whoever goes on typing a filter after it has lost the focus presses shortcuts without knowing it: the r of "header" opens a plan, and the Enter at
 * the end would send it. Characters that no shortcut wanted give such typing away.
 */
let lastAt = Number.NEGATIVE_INFINITY;

const believedMsMax = 2_000;

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat'>;

/** Of keys outside of fields: one that writes something. A key that is held down is no typing. */
export function writes({ key, ctrlKey, metaKey, altKey, repeat }: Press): boolean {
  return isCharacterKey(key) && !ctrlKey && !metaKey && !altKey && !repeat;
}

/** To be told of each character that was pressed outside of fields, before all who listen have had it. */
export function rememberUnanswered(event: Press & Pick<KeyboardEvent, 'defaultPrevented' | 'timeStamp'>): void {
  if (!writes(event)) return;
  // The next listener may still have a use for it.
  setTimeout(() => {
    if (!event.defaultPrevented) lastAt = event.timeStamp;
  });
}

/** Whether someone has just written where nothing can be written. `nowMs` is the clock of events, `performance.now()`. */
export function wasTyping(nowMs: number): boolean {
  return nowMs - lastAt <= believedMsMax;
}

/** Calls for every character that is pressed outside of fields, shortcut or not. */
export function useStrayTyping(onTyped: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (writes(event) && !isInField(event.target)) onTyped();
  });
  useEffect(() => {
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function isInField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input:not([type=checkbox]), textarea, select, [role=listbox], [role=menu]') !== null)
  );
}
