'use client';

import { useEffect, useEffectEvent } from 'react';
import { hasCharacterKeys, isCharacterKey } from '#components/shell/character-keys.ts';
import { rememberUnanswered } from '#components/shell/stray-typing.ts';

export type Hotkeys = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/**
 * Keys that work wherever the focus is, except in fields, dialogs (toasts are none in this sense), menus and where a modifier makes them the browser's.
 * A reader may turn those of one character off. Names are `KeyboardEvent.key`; `mod+k` is Ctrl or ⌘ with k and works in fields too.
 */
export function useHotkeys(keys: Hotkeys): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const withModifier = event.ctrlKey || event.metaKey;
    if (event.altKey || (!withModifier && (belongsToField(event.target) || presses(event)))) return;
    if (!withModifier && isCharacterKey(event.key) && !hasCharacterKeys(document.cookie)) return;
    const action = keys[withModifier ? `mod+${event.key.toLowerCase()}` : event.key];
    if (!action) return rememberUnanswered(event);
    event.preventDefault();
    action(event);
  });
  useEffect(() => {
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function belongsToField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest(
        'input:not([type=checkbox]), textarea, select, [role=dialog]:not([data-toast]), [role=listbox], [role=menu]',
      ) !== null)
  );
}

/** Enter and Space belong to the button, link or slider that has the focus. */
function presses(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' && event.key !== ' ') return false;
  return (
    event.target instanceof HTMLElement &&
    event.target.closest('a[href], button, summary, [role=tab], [role=switch], [role=slider]') !== null
  );
}
