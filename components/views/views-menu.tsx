'use client';

import { useQuery } from '@tanstack/react-query';
import clsx from 'clsx';
import { Bookmark } from 'lucide-react';
import { useState } from 'react';
import { viewsQueryOptions } from '#components/queries/views.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Popover } from '#components/ui/popover.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { arrangeViews, frozenHref, isShown, namesake, type ShownView } from '#components/views/prepare-views.ts';
import { useViewChanges } from '#components/views/use-view-changes.ts';
import { ViewLine } from '#components/views/view-line.tsx';

/** Filters, ranges and places under names that everybody shares: going to one, keeping the shown one, and looking after them. */
export function ViewsMenu({ shown }: { shown: ShownView }) {
  const [open, setOpen] = useState(false);
  const { data: views, error } = useQuery(viewsQueryOptions());
  const current = views?.find((view) => isShown(view, shown)) ?? null;
  return (
    <Popover
      title="Saved views"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          aria-label={current ? `Saved views: ${current.name}` : 'Saved views'}
          title={current?.name}
          className={clsx(buttonClass(), 'h-8!')}
        >
          <Bookmark size={13} aria-hidden className={current ? 'fill-accent text-accent' : undefined} />
          <span className="w-20 truncate text-left max-xl:sr-only">
            {current ? <HostileText text={current.name} charactersMax={80} /> : 'Views'}
          </span>
        </button>
      }
    >
      <div className="w-88 max-w-full">
        <SaveForm key={String(open)} shown={shown} />
        <div className="flex items-center gap-2 px-2.5 pb-2.5">
          <CopyButton
            label="Copy a link to what you see"
            withWord="Copy link"
            text={() => new URL(frozenHref(shown, Date.now()), location.href).href}
          />
          <span className="text-2xs text-faint">Times ago stay as they are now. In a saved view they run on.</span>
        </div>
        <div className="border-t border-line p-1.5">
          {error && !views && <ProblemNotice error={error} compact />}
          {!views && !error && <SkeletonRows count={3} rowClass="h-11" label="Reading the saved views" />}
          {views?.length === 0 && (
            <p className="px-2 py-1.5 text-xs text-soft">
              None is saved yet. A view keeps page, filter, time range and order under a name, for everyone.
            </p>
          )}
          <ul className="grid gap-0.5">
            {views &&
              arrangeViews(views, shown.queueId).map((view) => (
                <ViewLine key={view.id} view={view} shown={shown} onGo={() => setOpen(false)} />
              ))}
          </ul>
        </div>
      </div>
    </Popover>
  );
}

function SaveForm({ shown }: { shown: ShownView }) {
  const [name, setName] = useState('');
  const { data: views } = useQuery(viewsQueryOptions());
  const { save, overwrite } = useViewChanges();
  const same = views ? namesake(views, name) : null;
  return (
    <form
      className="grid gap-1.5 p-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        if (same) overwrite.mutate({ view: same, shown }, { onSuccess: () => setName('') });
        else save.mutate({ shown, name: name.trim() }, { onSuccess: () => setName('') });
      }}
    >
      <label className="text-2xs font-semibold text-faint" htmlFor="view-name">
        Save what you see as
      </label>
      <div className="flex gap-1.5">
        <input
          id="view-name"
          value={name}
          maxLength={80}
          autoComplete="off"
          placeholder="Name"
          onChange={(event) => setName(event.target.value)}
          className="h-7 min-w-0 flex-1 rounded-md border border-control bg-panel px-2 text-xs"
        />
        <Button type="submit" look="go" disabled={name.trim() === '' || save.isPending || overwrite.isPending}>
          {same ? 'Overwrite' : 'Save'}
        </Button>
      </div>
      {same && <p className="text-xs text-attention">There is a view of this name: it will become what you see.</p>}
      {save.error && <ProblemNotice error={save.error} compact />}
    </form>
  );
}
