import type { ReactNode } from 'react';

/** A titled part of a group's page. Lines part them, not frames. */
export function RailSection({
  title,
  marks,
  actions,
  children,
}: {
  title: string;
  marks?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="border-b border-line px-4 py-3 last:border-b-0">
      <div className="mb-1.5 flex min-h-6 items-center gap-2">
        <h2 className="text-2xs font-semibold text-faint">{title}</h2>
        {marks && <span className="min-w-0 truncate text-2xs text-faint">{marks}</span>}
        {actions && <span className="ml-auto flex shrink-0 items-center gap-1">{actions}</span>}
      </div>
      {children}
    </section>
  );
}
