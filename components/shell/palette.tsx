'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import clsx from 'clsx';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useId, useRef, useState } from 'react';
import { groupsQueryOptions } from '#components/queries/groups.ts';
import { overviewQueryOptions } from '#components/queries/overview.ts';
import { mendService, sandboxKey, sandboxQueryOptions } from '#components/queries/sandbox.ts';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { paletteEntries, type PaletteEntry } from '#components/shell/prepare-palette.ts';
import { KeyHint } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { toast } from '#components/ui/toast.tsx';
import { groupStates } from '#lib/domain/error-group.ts';

/** As many groups can be found by their title. */
const groupsRead = 200;

/** The way to any queue, group, replay or message by a few letters; the button says that it is there. */
export function Palette() {
  const [open, setOpen] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useHotkeys({ 'mod+k': () => setOpen((before) => !before) });
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="flex h-7 w-60 shrink-0 items-center gap-2 rounded-md border border-line bg-sunk px-2 text-left text-xs text-faint hover:border-line-strong max-lg:w-auto"
      >
        <Search size={13} aria-hidden />
        <span className="flex-1 truncate max-lg:sr-only">Go to queue, group, message</span>
        <KeyHint>⌘K</KeyHint>
      </button>
      <Dialog open={open} onOpenChange={setOpen} title="Go to" titleHidden initialFocus={field}>
        <PaletteList field={field} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function PaletteList({ field, onDone }: { field: React.RefObject<HTMLInputElement | null>; onDone: () => void }) {
  const router = useRouter();
  const listId = useId();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const overview = useQuery(overviewQueryOptions());
  const groups = useQuery(
    groupsQueryOptions({ filter: '', range: 'all', states: groupStates, sort: 'last' }, groupsRead),
  );
  const sandbox = useQuery(sandboxQueryOptions());
  const throwSwitch = useSandboxSwitch();
  const entries = paletteEntries(typed, {
    queues: overview.data?.queues ?? [],
    groups: groups.data?.groups ?? [],
    services: sandbox.data?.services ?? [],
  });
  const at = Math.min(chosen, entries.length - 1);
  const choose = ({ does }: PaletteEntry) => {
    onDone();
    if (does.kind === 'go') router.push(does.href);
    else throwSwitch(does);
  };
  return (
    <div>
      <input
        ref={field}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          const entry = entries[at];
          if (event.key === 'ArrowDown') setChosen(Math.min(at + 1, entries.length - 1));
          else if (event.key === 'ArrowUp') setChosen(Math.max(at - 1, 0));
          else if (event.key === 'Enter' && entry) choose(entry);
          else return;
          event.preventDefault();
        }}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={entries[at] ? `${listId}-${at}` : undefined}
        aria-label="Queue, group, replay number, message id or any text"
        placeholder="Queue, group, replay number, message id or any text"
        className="h-11 w-full border-b border-line bg-transparent px-4 text-md outline-none placeholder:text-faint"
      />
      <ul id={listId} role="listbox" aria-label="Places" className="p-1.5">
        {entries.map((entry, index) => (
          <li
            key={entry.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseMove={() => setChosen(index)}
            onClick={() => choose(entry)}
            className={clsx(
              'flex h-8 cursor-pointer items-center gap-2 rounded-md px-2.5',
              index === at && 'bg-accent-soft',
            )}
          >
            <span className="truncate">
              <HostileText text={entry.title} charactersMax={200} />
            </span>
            <span className="ml-auto shrink-0 text-xs text-faint">{entry.hint}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Mends or breaks a service of the sandbox without the way to its switch. */
function useSandboxSwitch() {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: ({ serviceId, mended }: { serviceId: string; name: string; mended: boolean }) =>
      mendService(serviceId, mended),
    onSuccess: (state, { serviceId, name, mended }) => {
      client.setQueryData(sandboxKey, state);
      toast(mended ? `${name} is mended: what is replayed now stays gone` : `${name} fails again`, {
        undo: () => mutate({ serviceId, name, mended: !mended }),
      });
    },
    onError: (error) => toast(error.message, { failed: true }),
  });
  return mutate;
}
