'use client';

import clsx from 'clsx';
import { Pencil, Save, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState, type ReactNode } from 'react';
import { rangeLabel } from '#components/filter-bar/time-ranges.ts';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { isShown, pageWords, rangeOfView, viewHref, type ShownView } from '#components/views/prepare-views.ts';
import { useViewChanges } from '#components/views/use-view-changes.ts';
import type { SavedViewRow } from '#lib/api/views.ts';
import { splitQueueId } from '#lib/domain/queue.ts';

/** One saved view: the way to it, and what can be done with it. */
export function ViewLine({ view, shown, onGo }: { view: SavedViewRow; shown: ShownView; onGo: () => void }) {
  const [renaming, setRenaming] = useState(false);
  const { rename, overwrite, remove } = useViewChanges();
  const current = isShown(view, shown);
  if (renaming) {
    return (
      <li className="px-1 py-1">
        <RenameForm
          name={view.name}
          pending={rename.isPending}
          onName={(name) => rename.mutate({ view, name }, { onSuccess: () => setRenaming(false) })}
          onLeave={() => setRenaming(false)}
        />
        {rename.error && <ProblemNotice error={rename.error} compact />}
      </li>
    );
  }
  const where = view.queueId === null ? 'all queues' : (splitQueueId(view.queueId)?.name ?? view.queueId);
  // Of the page that is open, the queue goes without saying.
  const place = [...(view.queueId === shown.queueId ? [] : [where]), pageWords(view.page)].filter(Boolean);
  return (
    <li
      className={clsx('group flex items-center gap-0.5 rounded-md pr-1', current ? 'bg-accent-soft' : 'hover:bg-hover')}
    >
      <Link
        href={viewHref(view)}
        prefetch={false}
        onClick={onGo}
        aria-current={current ? 'page' : undefined}
        className="grid min-w-0 flex-1 rounded-md px-2 py-1"
      >
        <span className="flex min-w-0 items-baseline gap-2">
          <span className="truncate font-[550]">
            <HostileText text={view.name} charactersMax={80} />
          </span>
          <span className="max-w-24 shrink-0 truncate text-2xs text-faint">
            by <HostileText text={view.owner} charactersMax={60} />
          </span>
        </span>
        <span className="truncate text-2xs text-faint" title={view.filter}>
          {[...place, rangeLabel(rangeOfView(view))].join(' · ')} ·{' '}
          <span className="font-mono">
            <HostileText text={view.filter === '' ? 'no filter' : view.filter} charactersMax={120} />
          </span>
        </span>
      </Link>
      <span className="flex shrink-0">
        <CopyButton
          label={`Copy link to ${view.name}`}
          text={() => new URL(viewHref(view), location.href).href}
          className="hover:bg-line!"
        />
        <IconButton label={`Rename ${view.name}`} onPress={() => setRenaming(true)}>
          <Pencil size={12} aria-hidden />
        </IconButton>
        {!current && (
          <IconButton
            label={`Overwrite ${view.name} with what you see`}
            onPress={() => overwrite.mutate({ view, shown })}
          >
            <Save size={12} aria-hidden />
          </IconButton>
        )}
        <IconButton label={`Delete ${view.name}`} onPress={() => remove.mutate(view)}>
          <Trash2 size={12} aria-hidden />
        </IconButton>
      </span>
    </li>
  );
}

function RenameForm({
  name,
  pending,
  onName,
  onLeave,
}: {
  name: string;
  pending: boolean;
  onName: (name: string) => void;
  onLeave: () => void;
}) {
  const [typed, setTyped] = useState(name);
  return (
    <form
      className="flex gap-1.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() === name) onLeave();
        else if (typed.trim() !== '') onName(typed.trim());
      }}
    >
      <input
        ref={(field) => field?.focus()}
        aria-label={`New name of ${name}`}
        value={typed}
        maxLength={80}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          // Escape leaves the field; the next one closes the list.
          event.preventDefault();
          event.stopPropagation();
          onLeave();
        }}
        className="h-7 min-w-0 flex-1 rounded-md border border-control bg-panel px-2 text-xs"
      />
      <Button type="submit" disabled={typed.trim() === '' || pending}>
        Rename
      </Button>
    </form>
  );
}

function IconButton({ label, onPress, children }: { label: string; onPress: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onPress}
      className="grid size-6 place-items-center rounded text-faint hover:bg-line hover:text-text"
    >
      {children}
    </button>
  );
}
