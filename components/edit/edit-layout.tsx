import type { ReactNode } from 'react';

/** The editors to the left, and to the right what they make, or the plan that sends it. */
export function EditLayout({ left, right }: { left: ReactNode; right: ReactNode }) {
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(380px,40%)] overflow-hidden max-lg:grid-cols-[minmax(0,1fr)] max-lg:overflow-y-auto">
      <div className="flex min-h-0 min-w-0 flex-col overflow-y-auto border-r border-line max-lg:overflow-visible">
        {left}
      </div>
      <div className="flex min-h-0 min-w-0 flex-col overflow-y-auto bg-panel max-lg:overflow-visible max-lg:border-t max-lg:border-line">
        {right}
      </div>
    </div>
  );
}

export function EditSection({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-b border-line px-4 py-3">
      <div className="mb-2 flex min-h-6 flex-wrap items-center gap-2">
        <h2 className="text-2xs font-semibold text-faint">{title}</h2>
        <span className="flex-1" />
        {actions}
      </div>
      {children}
    </section>
  );
}
