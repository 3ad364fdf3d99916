'use client';

import { Keyboard } from 'lucide-react';
import { useState } from 'react';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { characterKeysCookie, hasCharacterKeys } from '#components/shell/character-keys.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { ScrollBox } from '#components/ui/scroll-box.tsx';
import { Switch } from '#components/ui/switch.tsx';

const shortcuts = [
  {
    where: 'Everywhere',
    keys: [
      ['⌘K or Ctrl K', 'Go to a queue, group, replay or message; throw a switch of the sandbox'],
      ['?', 'These shortcuts'],
      ['Esc', 'Close what is open'],
    ],
  },
  {
    where: 'On the overview',
    keys: [
      ['j / k or ↓ / ↑', 'Next, previous queue'],
      ['Enter', 'Open it'],
      ['/', 'Filter; Enter or ↓ goes to the first, Esc clears, then leaves'],
    ],
  },
  {
    where: 'In a queue',
    keys: [
      ['j / k', 'Next, previous message'],
      ['Home / End', 'First, last message that is loaded'],
      ['Enter or Space', 'Open it beside the table'],
      ['x', 'Select it'],
      ['Shift j / k', 'Select while moving'],
      ['Shift click', 'Select up to here'],
      ['r', 'Plan a replay of the selection, or of the open message'],
      ['e', 'Edit the selection, or the open message, and replay it'],
      ['Enter', 'In a plan: send it'],
      ['/', 'Filter'],
    ],
  },
  {
    where: 'In the timeline',
    keys: [
      ['← / →', 'Bar before, bar after'],
      ['Shift ← / →', 'Mark a stretch'],
      ['Enter', 'Show that time alone'],
      ['Esc', 'Let go'],
    ],
  },
  {
    where: 'Among groups',
    keys: [
      ['j / k', 'Next, previous group'],
      ['Enter', 'Open it'],
      ['x', 'Select it'],
      ['Shift j / k', 'Select while moving'],
      ['s', 'Solved: resolve the selection, or the group you are at; once more reopens it'],
      ['i', 'Ignore it for a while, or for good'],
      ['o', 'Set its owner'],
      ['m', 'Merge the selection into one group'],
    ],
  },
  {
    where: 'Among replays',
    keys: [
      ['j / k or ↓ / ↑', 'Next, previous replay'],
      ['Enter', 'Open it'],
    ],
  },
  {
    where: 'On the lag page',
    keys: [
      ['j / k', 'Next, previous row'],
      ['Enter', 'Its group or queue alone'],
      ['d', 'The dead letters of its topic or queue'],
      ['Backspace', 'All again'],
      ['/', 'Filter; Enter or ↓ goes to the rows, Esc clears, then leaves'],
    ],
  },
  {
    where: 'Among alerts',
    keys: [
      ['j / k', 'Next, previous alert'],
      ['Enter', 'Open what it is about'],
    ],
  },
  {
    where: 'On the page of a group',
    keys: [
      ['s, i, o', 'Resolve, ignore, own, as above'],
      ['r', 'Plan a replay of its open messages'],
    ],
  },
] as const;

export function Shortcuts() {
  const [open, setOpen] = useState(false);
  useHotkeys({ '?': () => setOpen(true) });
  return (
    <>
      <button
        type="button"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts (?)"
        onClick={() => setOpen(true)}
        className="grid size-6 place-items-center rounded text-faint hover:text-text"
      >
        <Keyboard size={14} aria-hidden />
      </button>
      <Dialog open={open} onOpenChange={setOpen} title="Keyboard shortcuts">
        <CharacterKeysSwitch />
        <ScrollBox scrolls className="grid max-h-[64vh] gap-4 p-4 -outline-offset-2">
          {shortcuts.map((group) => (
            <section key={group.where}>
              <h3 className="row-title mb-1.5">{group.where}</h3>
              <dl className="grid grid-cols-[150px_1fr] gap-x-3 gap-y-1.5">
                {group.keys.map(([keys, does]) => (
                  <div key={keys} className="contents">
                    <dt className="font-mono text-xs text-soft">{keys}</dt>
                    <dd>{does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </ScrollBox>
      </Dialog>
    </>
  );
}

/** Drawn only in the opened dialog, and so never on the server. */
function CharacterKeysSwitch() {
  const [on, setOn] = useState(() => hasCharacterKeys(document.cookie));
  return (
    <div className="flex items-start gap-2.5 border-b border-line px-4 py-2.5">
      <Switch
        label="Shortcuts of one character"
        checked={on}
        onChange={(next) => {
          setOn(next);
          document.cookie = characterKeysCookie(next);
        }}
      />
      <span>
        Shortcuts of one character
        <span className="block text-xs text-soft">
          Turned off, letters and signs do nothing; Enter, Esc, arrows and ⌘K or Ctrl K still work.
        </span>
      </span>
    </div>
  );
}
