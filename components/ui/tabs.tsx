'use client';

import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface TabView {
  readonly id: string;
  readonly label: string;
  readonly content: ReactNode;
}

/** A titled section with small tabs at its right end. */
export function TabbedSection({
  title,
  hint,
  tabs,
  start,
  actions,
}: {
  title: string;
  hint?: ReactNode;
  tabs: readonly TabView[];
  start: string;
  actions?: ReactNode;
}) {
  return (
    <Base.Root defaultValue={start}>
      <div className="mb-2 flex min-h-6 flex-wrap items-center gap-2">
        <h2 className="text-2xs font-semibold text-faint">{title}</h2>
        {hint && <span className="min-w-0 truncate text-2xs text-faint">{hint}</span>}
        <span className="flex-1" />
        {actions}
        <Base.List aria-label={`${title}: view`} className="flex gap-0.5 rounded-[5px] bg-sunk p-0.5">
          {tabs.map((tab) => (
            <Base.Tab
              key={tab.id}
              value={tab.id}
              className="h-5 rounded px-2 text-2xs font-[550] text-soft hover:text-text data-[active]:bg-panel data-[active]:text-text data-[active]:shadow-[0_0_0_1px_var(--line-strong)]"
            >
              {tab.label}
            </Base.Tab>
          ))}
        </Base.List>
      </div>
      {tabs.map((tab) => (
        <Base.Panel key={tab.id} value={tab.id} className="max-h-[60vh] overflow-auto rounded-sm">
          {tab.content}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
