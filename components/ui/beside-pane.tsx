import type { ReactNode, Ref } from 'react';
import { catchFocus } from '#components/ui/catch-focus.ts';
import { CloseButton } from '#components/ui/close-button.tsx';

/** What stands beside a list, with its title and the way out. */
export function BesidePane({
  label,
  title,
  headingRef,
  marks,
  closeLabel,
  onClose,
  children,
}: {
  label: string;
  title: ReactNode;
  /** For putting the focus on it. */
  headingRef?: Ref<HTMLHeadingElement>;
  /** Beside the title. */
  marks?: ReactNode;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <aside ref={catchInTitle} aria-label={label} className="flex min-h-0 flex-col border-l border-line bg-panel">
      <div className="flex h-11 shrink-0 items-center gap-2 border-b border-line px-4">
        <h2 ref={headingRef} tabIndex={-1} className="flex-1 truncate text-sm font-semibold">
          {title}
        </h2>
        {marks}
        <CloseButton label={closeLabel} onClose={onClose} />
      </div>
      {children}
    </aside>
  );
}

function catchInTitle(pane: HTMLElement | null): void {
  catchFocus(pane?.querySelector('h2') ?? null);
}

/** A part of it under a small heading. */
export function PaneSection({
  title,
  headingRef,
  marks,
  children,
}: {
  title: string;
  /** For putting the focus on it. */
  headingRef?: Ref<HTMLHeadingElement>;
  marks?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="border-b border-line px-4 py-3">
      <h3
        ref={headingRef}
        tabIndex={-1}
        className="mb-2 flex min-h-5 items-center gap-2 text-2xs font-semibold text-faint"
      >
        {title}
        {marks}
      </h3>
      {children}
    </section>
  );
}
