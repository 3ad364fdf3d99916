'use client';

import clsx from 'clsx';
import { Download } from 'lucide-react';
import { useState } from 'react';
import {
  commandLine,
  curlLine,
  exportPath,
  type ExportFormat,
  type ExportOf,
} from '#components/export/prepare-export.ts';
import { buttonClass } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { countOf } from '#components/ui/numbers.ts';
import { Popover } from '#components/ui/popover.tsx';
import { Switch } from '#components/ui/switch.tsx';

/** What the view shows as a file, and the lines that make the same file elsewhere. */
export function ExportMenu({
  filter,
  range,
  total,
  disabled,
}: {
  /** In the filter language, the queue included. */
  filter: string;
  range: string;
  total: { readonly count: number; readonly capped: boolean } | null;
  disabled: boolean;
}) {
  return (
    <Popover
      title="Export"
      trigger={
        <button type="button" aria-label="Export" disabled={disabled} className={clsx(buttonClass(), 'h-8!')}>
          <Download size={13} aria-hidden />
          <span className="max-xl:sr-only">Export</span>
        </button>
      }
    >
      <ExportChoices filter={filter} range={range} total={total} />
    </Popover>
  );
}

function ExportChoices({
  filter,
  range,
  total,
}: {
  filter: string;
  range: string;
  total: { readonly count: number; readonly capped: boolean } | null;
}) {
  // When the menu was opened: all that it offers means that moment.
  const [now] = useState(Date.now);
  const [content, setContent] = useState(false);
  const of = (format: ExportFormat): ExportOf => ({ filter, range, format, content });
  const link = clsx(buttonClass(), 'min-w-0 flex-1');
  return (
    <div className="grid w-84 max-w-full grid-cols-[minmax(0,1fr)] gap-2.5 p-3">
      <p className="text-xs text-soft">
        {total === null
          ? 'What matches'
          : `${total.capped ? 'At least ' : ''}${countOf(total.count, 'message')}, newest first`}
        , as a file.
      </p>
      <div className="flex gap-1.5">
        <a href={exportPath(of('ndjson'), now)} download className={link}>
          NDJSON
        </a>
        <a href={exportPath(of('csv'), now)} download className={link}>
          CSV
        </a>
      </div>
      <div className="flex items-center gap-2 text-xs">
        <Switch label="Bodies and headers too" checked={content} onChange={setContent} />
        <span>
          Bodies and headers too <span className="text-faint">(NDJSON)</span>
        </span>
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5 border-t border-line pt-2.5">
        <p className="text-2xs font-semibold text-faint">The same elsewhere</p>
        <Line name="curl" text={() => curlLine(of('ndjson'), location.origin, now)} />
        <Line name="redeliver" text={() => commandLine(of('ndjson'), location.origin, now)} />
      </div>
    </div>
  );
}

function Line({ name, text }: { name: string; text: () => string }) {
  return (
    <div className="flex items-center gap-1 rounded-md bg-sunk py-0.5 pr-1 pl-2">
      <code className="min-w-0 flex-1 truncate font-mono text-2xs" title={text()}>
        {text()}
      </code>
      <CopyButton text={text} label={`Copy the line for ${name}`} />
    </div>
  );
}
