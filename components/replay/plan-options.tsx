'use client';

import clsx from 'clsx';
import type { PlanOptions } from '#components/queries/replays.ts';
import { canaryLabel, rateLabel } from '#components/replay/prepare-plan.ts';
import { concurrencies, rampLabel, ramps } from '#components/replay/prepare-pace.ts';
import { rates } from '#components/replay/prepare-rate.ts';
import type { SummaryPart } from '#components/replay/prepare-summary.ts';
import { RateField } from '#components/replay/rate-field.tsx';
import { radioProps } from '#components/ui/radios.ts';
import { usualCanary } from '#lib/replay/canary.ts';

/** How fast, and how many first; each change asks for a new plan. */
export function PaceOptions({
  options,
  typedRate,
  onTypedRate,
  offerInsist,
  offerQuarantined,
  offerConcurrency,
  onChange,
}: {
  options: PlanOptions;
  /** What stands in the field for another rate, whatever the plan is for. */
  typedRate: string;
  onTypedRate: (typed: string) => void;
  offerInsist: boolean;
  offerQuarantined: boolean;
  /** Where several queues are in the selection. */
  offerConcurrency: boolean;
  onChange: (options: PlanOptions) => void;
}) {
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-end gap-2">
        <Choice
          option="rate"
          label="Rate"
          choices={rates.map((rate) => ({
            id: String(rate),
            label: rate === null ? 'full' : `${rate}/s`,
            chosen: options.ratePerSecond === rate,
            title: rateLabel(rate),
          }))}
          onChoose={(id) => {
            onTypedRate('');
            onChange({ ...options, ratePerSecond: rates.find((rate) => String(rate) === id) ?? null });
          }}
        />
        <RateField
          typed={typedRate}
          onTyped={onTypedRate}
          ratePerSecond={options.ratePerSecond}
          onRate={(ratePerSecond) => onChange({ ...options, ratePerSecond })}
        />
      </div>
      {options.ratePerSecond !== null && (
        <Choice
          label="Reached"
          choices={ramps.map((seconds) => ({
            id: String(seconds),
            label: rampLabel(seconds),
            chosen: options.rampSeconds === seconds,
            title: seconds === 0 ? 'The whole rate from the first message on' : 'Begins with a tenth of the rate',
          }))}
          onChoose={(id) => onChange({ ...options, rampSeconds: Number(id) })}
        />
      )}
      {offerConcurrency && (
        <Choice
          label="At once"
          choices={concurrencies.map((queues) => ({
            id: String(queues),
            label: queues === 1 ? '1 queue' : `${queues} queues`,
            chosen: options.concurrency === queues,
            title: 'Within a queue the order is kept whatever is chosen',
          }))}
          onChoose={(id) => onChange({ ...options, concurrency: Number(id) })}
        />
      )}
      <Choice
        option="canary"
        label="First a few"
        choices={[
          { id: 'no', label: 'all at once', chosen: options.canary === null },
          {
            id: 'canary',
            label: [...usualCanary.steps, 'rest'].join(' → '),
            chosen: options.canary !== null,
            title: canaryLabel(usualCanary),
          },
        ]}
        onChoose={(id) => onChange({ ...options, canary: id === 'canary' ? usualCanary : null })}
      />
      {options.canary !== null && (
        <p ref={intoView} className="text-soft">
          {sentence(canaryLabel(options.canary))}
        </p>
      )}
      {(offerInsist || options.insist) && (
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            checked={options.insist}
            onChange={(event) => onChange({ ...options, insist: event.target.checked })}
            className="mt-1 accent-(--accent)"
          />
          <span>Read them in spite of what reading does to their queue</span>
        </label>
      )}
      {(offerQuarantined || options.quarantined === 'send') && (
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            checked={options.quarantined === 'send'}
            onChange={(event) => onChange({ ...options, quarantined: event.target.checked ? 'send' : 'refuse' })}
            className="mt-1 accent-(--accent)"
          />
          <span>Send also what is in quarantine, because it came back too often</span>
        </label>
      )}
    </div>
  );
}

/** What else changes in each message; each change asks for a new plan. */
export function MessageOptions({
  options,
  onChange,
}: {
  options: PlanOptions;
  onChange: (options: PlanOptions) => void;
}) {
  return (
    <div className="mt-3 grid gap-2">
      <Choice
        label="Failure headers"
        choices={[
          { id: 'keep', label: 'keep', chosen: options.failureHeaders === 'keep' },
          { id: 'strip', label: 'strip', chosen: options.failureHeaders === 'strip' },
        ]}
        onChoose={(id) => onChange({ ...options, failureHeaders: id === 'strip' ? 'strip' : 'keep' })}
      />
      <Choice
        label="Original time"
        choices={[
          { id: 'now', label: 'not kept', chosen: options.timestamp === 'now' },
          { id: 'header', label: 'in a header', chosen: options.timestamp === 'header' },
          { id: 'original', label: 'in the record', chosen: options.timestamp === 'original', title: 'Kafka only' },
        ]}
        onChoose={(id) => onChange({ ...options, timestamp: id === 'header' || id === 'original' ? id : 'now' })}
      />
      <Choice
        label="Trace"
        choices={[
          {
            id: 'keep',
            label: 'its own',
            chosen: options.traceContext === 'keep',
            title: 'Its receivers continue the trace that it came from',
          },
          {
            id: 'replace',
            label: 'of the replay',
            chosen: options.traceContext === 'replace',
            title: 'Its receivers continue the trace of this replay; the original is kept in a header',
          },
        ]}
        onChoose={(id) => onChange({ ...options, traceContext: id === 'replace' ? 'replace' : 'keep' })}
      />
    </div>
  );
}

/** What a choice means stands below it, and may be out of sight. */
function intoView(words: HTMLElement | null): void {
  words?.scrollIntoView({ block: 'nearest' });
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** One of a few, side by side. */
export function Choice({
  option,
  label,
  choices,
  onChoose,
}: {
  /** Where the plan's summary says it, too, and leads here. */
  option?: SummaryPart['option'];
  label: string;
  choices: readonly {
    readonly id: string;
    readonly label: string;
    readonly chosen: boolean;
    readonly title?: string;
  }[];
  onChoose: (id: string) => void;
}) {
  const ids = choices.map((choice) => choice.id);
  const chosen = choices.find((choice) => choice.chosen)?.id ?? null;
  return (
    <div
      role="radiogroup"
      aria-label={label}
      data-option={option}
      className="flex flex-wrap items-center gap-x-3 gap-y-1"
    >
      <span className="w-26 font-[550] whitespace-nowrap">{label}</span>
      <span className="flex flex-wrap gap-0.5 rounded-[5px] bg-sunk p-0.5">
        {choices.map((choice) => (
          <button
            key={choice.id}
            {...radioProps({ id: choice.id, ids, chosen, onChoose })}
            title={choice.title}
            className={clsx(
              'h-6 rounded px-2.5 text-xs font-[550] whitespace-nowrap',
              choice.chosen ? 'bg-panel text-text shadow-[0_0_0_1px_var(--line-strong)]' : 'text-soft hover:text-text',
            )}
          >
            {choice.label}
          </button>
        ))}
      </span>
    </div>
  );
}
