'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Layers } from 'lucide-react';
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { type KeyboardEvent, useRef } from 'react';
import { AlertStrip } from '#components/alerts/alert-strip.tsx';
import { OverviewSummary } from '#components/overview/overview-summary.tsx';
import { arrangeQueues, sortKeys, type SortKey } from '#components/overview/arrange-queues.ts';
import { fieldStep } from '#components/shell/field-keys.ts';
import { connectionTrouble, summarise } from '#components/overview/prepare-overview.ts';
import { focusFirstQueue, QueueTable } from '#components/overview/queue-table.tsx';
import { SandboxIntro } from '#components/overview/sandbox-intro.tsx';
import { WhatChanged } from '#components/overview/what-changed.tsx';
import { overviewKey, overviewQueryOptions, syncQueue } from '#components/queries/overview.ts';
import { sandboxQueryOptions } from '#components/queries/sandbox.ts';
import { useHotkeys } from '#components/shell/hotkeys.ts';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { useNow } from '#components/ui/now.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';

const urlState = {
  q: parseAsString.withDefault(''),
  sort: parseAsStringLiteral(sortKeys).withDefault('depth'),
  rising: parseAsBoolean.withDefault(false),
  /** By connection. */
  grouped: parseAsBoolean.withDefault(false),
};

export function OverviewScreen({ introHidden }: { introHidden: boolean }) {
  const now = useNow();
  const client = useQueryClient();
  const overview = useQuery(overviewQueryOptions());
  const sandbox = useQuery(sandboxQueryOptions());
  const field = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const [{ q, sort, rising, grouped }, setView] = useQueryStates(urlState);
  const read = useMutation({
    mutationFn: ({ queueId, insist }: { queueId: string; insist: boolean }) => syncQueue(queueId, insist),
    onSuccess: () => client.invalidateQueries({ queryKey: overviewKey }),
  });
  const data = overview.data;
  const trouble = data ? connectionTrouble(data) : null;
  const sortBy = (key: SortKey) =>
    void setView(sort === key ? { rising: !rising } : { sort: key, rising: key === 'queue' });
  useHotkeys({ '/': () => field.current?.focus() });
  const pressInField = (event: KeyboardEvent<HTMLInputElement>) => {
    const step = fieldStep(event.nativeEvent, q);
    if (step === null) return;
    event.preventDefault();
    if (step === 'first') focusFirstQueue(table.current);
    else if (step === 'clear') void setView({ q: null });
    else field.current?.blur();
  };
  const shown = data ? arrangeQueues(data.queues, q, sort, !rising) : [];
  return (
    <>
      <PageHeader title="Overview" marks={trouble && <Pill tone="failing">{trouble}</Pill>} />
      <div className="min-h-0 flex-1 overflow-auto p-4 max-md:p-2">
        {sandbox.data && !introHidden && <SandboxIntro />}
        <AlertStrip />
        <WhatChanged />
        <OverviewSummary summary={data ? summarise(data) : null}>
          <Button
            aria-pressed={grouped}
            onClick={() => void setView({ grouped: grouped ? null : true })}
            className={grouped ? 'bg-accent-soft! text-accent!' : undefined}
          >
            <Layers size={13} aria-hidden />
            By connection
          </Button>
          <input
            ref={field}
            type="search"
            value={q}
            onChange={(event) => void setView({ q: event.target.value === '' ? null : event.target.value })}
            onKeyDown={pressInField}
            aria-label="Filter queues"
            placeholder="Filter queues"
            className="h-7 w-44 rounded-md border border-control bg-panel px-2 text-xs placeholder:text-faint"
          />
        </OverviewSummary>
        {overview.isError && (
          <div className="mb-3">
            <ProblemNotice error={overview.error} onRetry={() => void overview.refetch()} />
          </div>
        )}
        {read.error && (
          <div className="mb-3">
            <ProblemNotice error={read.error} />
          </div>
        )}
        {!data && !overview.isError && (
          <div className="overflow-hidden rounded-lg border border-line bg-panel">
            <div className="h-7 border-b border-line" />
            <SkeletonRows count={9} rowClass="h-[38px]" label="Reading the queues" />
          </div>
        )}
        {data &&
          data.connections.length === 0 &&
          data.queues.length === 0 &&
          (sandbox.data ? (
            <Empty title="The sandbox is starting">
              Its Kafka, RabbitMQ and SQS are started on this machine. The queues of its small shop appear here by
              themselves, mostly within a minute.
            </Empty>
          ) : (
            // Without a configured connection there would be the sandbox.
            <Empty title="The connections are being opened">
              Their dead-letter queues appear here by themselves, mostly within seconds.
            </Empty>
          ))}
        {data && (data.connections.length > 0 || data.queues.length > 0) && (
          <QueueTable
            ref={table}
            queues={shown}
            connections={data.connections}
            now={now}
            sort={sort}
            rising={rising}
            grouped={grouped}
            filtered={q !== ''}
            readingId={read.isPending ? read.variables.queueId : null}
            onSort={sortBy}
            onRead={(queueId, insist) => read.mutate({ queueId, insist })}
            onClearFilter={() => {
              void setView({ q: null });
              field.current?.focus();
            }}
          />
        )}
      </div>
    </>
  );
}
