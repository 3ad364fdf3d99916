import type { KeyboardEvent } from 'react';

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** Where an arrow key leads from a radio, round and round; `null` for any other key. */
export function radioAfter(index: number, count: number, key: string): number | null {
  const step = steps[key];
  return step === undefined || count === 0 ? null : (index + step + count) % count;
}

/** What makes a button a radio among others of its `radiogroup`: the group is one stop of Tab, and arrow keys choose within it. */
export function radioProps<Id extends string>({
  id,
  ids,
  chosen,
  onChoose,
}: {
  id: Id;
  ids: readonly Id[];
  /** `null` where none of them is. */
  chosen: Id | null;
  onChoose: (id: Id) => void;
}) {
  const isChosen = id === chosen;
  const index = ids.indexOf(id);
  return {
    type: 'button',
    role: 'radio',
    'aria-checked': isChosen,
    tabIndex: isChosen || (chosen === null && index === 0) ? 0 : -1,
    onClick: () => onChoose(id),
    onKeyDown: (event: KeyboardEvent<HTMLButtonElement>) => {
      const next = radioAfter(index, ids.length, event.key);
      const nextId = next === null ? undefined : ids[next];
      if (next === null || nextId === undefined) return;
      // Else the page's own keys would move in the table, too.
      event.preventDefault();
      const radios = event.currentTarget.closest('[role=radiogroup]')?.querySelectorAll<HTMLElement>('[role=radio]');
      radios?.[next]?.focus();
      onChoose(nextId);
    },
  } as const;
}
