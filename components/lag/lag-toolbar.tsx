import clsx from 'clsx';
import { X } from 'lucide-react';
import type { Ref } from 'react';
import { type LagKind, lagKinds, type LagWish } from '#components/lag/prepare-lag.ts';
import { type LagRange, lagRanges } from '#components/queries/lag.ts';
import { fieldStep } from '#components/shell/field-keys.ts';
import { buttonClass } from '#components/ui/button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { radioProps } from '#components/ui/radios.ts';

type Url = LagWish & { readonly range: LagRange };
type Change = { readonly [Key in keyof Url]?: Url[Key] | null };

const kindLabels: Record<LagKind, string> = { all: 'All', groups: 'Groups', queues: 'Queues' };

export function LagToolbar({
  fieldRef,
  url,
  connections,
  shown,
  of,
  onChange,
  onLeave,
}: {
  fieldRef: Ref<HTMLInputElement>;
  url: Url;
  connections: readonly string[];
  shown: number;
  of: number;
  onChange: (change: Change) => void;
  /** Out of the field, to the rows. */
  onLeave: () => void;
}) {
  /** What was pressed goes away, and the focus would with it. */
  const leaveWith = (change: Change) => {
    onChange(change);
    onLeave();
  };
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-2 border-b border-line bg-panel px-3.5 py-1.5 max-md:px-2">
      <input
        ref={fieldRef}
        type="search"
        value={url.q}
        onChange={(event) => onChange({ q: event.target.value === '' ? null : event.target.value })}
        onKeyDown={(event) => {
          const step = fieldStep(event.nativeEvent, url.q);
          if (step === null) return;
          event.preventDefault();
          if (step === 'clear') onChange({ q: null });
          else onLeave();
        }}
        aria-label="Filter by group, topic or queue"
        placeholder="Filter by group, topic or queue"
        className="h-7 w-60 rounded-md border border-control bg-panel px-2 text-xs placeholder:text-faint max-xl:w-48 max-md:w-40"
      />
      <Segments label="What is shown" ids={lagKinds} chosen={url.kind} onChoose={(kind) => onChange({ kind })}>
        {(kind) => kindLabels[kind]}
      </Segments>
      <button
        type="button"
        aria-pressed={url.behind}
        onClick={() => onChange({ behind: url.behind ? null : true })}
        className={clsx(buttonClass(), url.behind && 'bg-accent-soft! text-accent!')}
      >
        Behind only
      </button>
      {connections.length > 1 && (
        <select
          aria-label="Connection"
          value={url.connection}
          onChange={(event) => onChange({ connection: event.target.value === '' ? null : event.target.value })}
          className="h-7 max-w-40 rounded-md border border-line-strong bg-panel px-2 text-xs font-[550]"
        >
          <option value="">All connections</option>
          {connections.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      {url.group !== '' && <Chip label="group" value={url.group} onRemove={() => leaveWith({ group: null })} />}
      {url.topic !== '' && (
        <Chip label="topic or queue" value={url.topic} onRemove={() => leaveWith({ topic: null })} />
      )}
      <span className="flex-1" />
      <span role="status" className="text-xs text-faint max-xl:sr-only">
        {shown === of ? `${formatCount(of)} rows` : `${formatCount(shown)} of ${formatCount(of)} rows`}
      </span>
      <Segments label="Time of the trend" ids={lagRanges} chosen={url.range} onChoose={(range) => onChange({ range })}>
        {(range) => range.replace(/(\d+)/, '$1 ')}
      </Segments>
    </div>
  );
}

function Segments<Id extends string>({
  label,
  ids,
  chosen,
  onChoose,
  children,
}: {
  label: string;
  ids: readonly Id[];
  chosen: Id;
  onChoose: (id: Id) => void;
  children: (id: Id) => string;
}) {
  return (
    <div role="radiogroup" aria-label={label} className="flex h-7 rounded-md border border-line-strong p-0.5">
      {ids.map((id) => (
        <button
          key={id}
          {...radioProps({ id, ids, chosen, onChoose })}
          className={clsx(
            'rounded-[4px] px-2 text-xs font-[550]',
            id === chosen ? 'bg-accent-soft text-accent' : 'text-soft hover:text-text',
          )}
        >
          {children(id)}
        </button>
      ))}
    </div>
  );
}

function Chip({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) {
  return (
    <span className="inline-flex h-6 max-w-72 items-center gap-1 rounded-full border border-control pr-1 pl-2 text-xs">
      <span className="shrink-0 text-faint">{label}</span>
      <span className="truncate font-[550]">
        <HostileText text={value} charactersMax={80} />
      </span>
      <button
        type="button"
        aria-label={`All of them, not only ${label} ${value}`}
        onClick={onRemove}
        className="grid size-4.5 shrink-0 place-items-center rounded-full text-soft hover:bg-hover hover:text-text"
      >
        <X size={11} aria-hidden />
      </button>
    </span>
  );
}
