import type { ReactNode, Ref } from 'react';
import { Palette } from '#components/shell/palette.tsx';

export function PageHeader({
  title,
  titleRef,
  marks,
  note,
}: {
  title: ReactNode;
  /** For putting the focus on it where what had it is gone. */
  titleRef?: Ref<HTMLHeadingElement>;
  marks?: ReactNode;
  note?: ReactNode;
}) {
  return (
    <header className="flex h-11 shrink-0 items-center gap-2.5 border-b border-line bg-panel px-4">
      <h1 ref={titleRef} tabIndex={-1} className="min-w-0 truncate text-md font-semibold">
        {title}
      </h1>
      {marks}
      {note && <span className="min-w-0 flex-1 truncate text-faint max-md:hidden">{note}</span>}
      <span className="ml-auto" />
      <Palette />
    </header>
  );
}
