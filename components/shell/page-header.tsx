import type { ReactNode } from 'react';
import { pageTitleId } from '#components/shell/page-title.ts';
import { Palette } from '#components/shell/palette.tsx';

export function PageHeader({ title, marks, note }: { title: ReactNode; marks?: ReactNode; note?: ReactNode }) {
  return (
    <header className="flex h-11 shrink-0 items-center gap-2.5 border-b border-line bg-panel px-4">
      <h1 id={pageTitleId} tabIndex={-1} className="min-w-0 truncate text-md font-semibold">
        {title}
      </h1>
      {marks}
      {note && (
        // Where there is less room it takes two lines: what a page says of the whole must not be cut.
        <span className="line-clamp-2 min-w-0 flex-1 text-xs leading-4 text-faint max-md:hidden">{note}</span>
      )}
      <span className="ml-auto" />
      <Palette />
    </header>
  );
}
