'use client';

import { useQuery } from '@tanstack/react-query';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useRef } from 'react';
import { AlertsTabs } from '#components/alerts/alerts-tabs.tsx';
import { risksQueryOptions } from '#components/queries/risks.ts';
import { foldHints, gapsOf, lookedWords, noRiskWords, shownRisks } from '#components/risks/prepare-risks.ts';
import { RiskFilter } from '#components/risks/risk-filter.tsx';
import { RiskLine } from '#components/risks/risk-line.tsx';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Empty } from '#components/ui/empty.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { toneText } from '#components/ui/pill.tsx';
import { ProblemNotice } from '#components/ui/problem-notice.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { TableHead } from '#components/ui/table-head.tsx';
import { riskKinds } from '#lib/risks/risk.ts';

const urlState = { connection: parseAsString, kind: parseAsStringLiteral(riskKinds) };

const heads = [
  ['Queue', 'w-[20%]'],
  ['Risk', 'w-[36%]'],
  ['What to do', ''],
] as const;

/** Queues by which messages can be lost, or fail without anyone noticing, and what to do about each. */
export function RisksScreen() {
  const { data, error, refetch } = useQuery(risksQueryOptions());
  const [choice, setChoice] = useQueryStates(urlState);
  const filter = useRef<HTMLDivElement>(null);
  const showAll = () => {
    // What was pressed goes away: the focus is there before.
    filter.current?.querySelector('button')?.focus();
    void setChoice(null);
  };
  const risks = data ? shownRisks(data, choice) : [];
  const isNarrowed = choice.connection !== null || choice.kind !== null;
  const none = data && risks.length === 0 ? noRiskWords(data, choice) : null;
  return (
    <>
      <PageHeader
        title="Risks"
        marks={<AlertsTabs current="/alerts/risks" />}
        note="by which messages can be lost, or fail without anyone noticing"
      />
      <div className="min-h-0 flex-1 overflow-auto p-4 max-md:p-2">
        {error && (
          <div className="mb-3">
            <ProblemNotice error={error} onRetry={() => void refetch()} />
          </div>
        )}
        {!data && !error && (
          <div className="overflow-hidden rounded-lg border border-line bg-panel">
            <div className="h-7 border-b border-line" />
            <SkeletonRows count={6} rowClass="h-[88px]" label="Reading the risks" />
          </div>
        )}
        {data && <RiskFilter ref={filter} response={data} choice={choice} onChoose={(next) => void setChoice(next)} />}
        {none && (
          <Empty title={none.title} action={isNarrowed && <Button onClick={showAll}>Show all of them</Button>}>
            {none.text}
          </Empty>
        )}
        {risks.length > 0 && (
          <div className="overflow-x-auto rounded-lg border border-line bg-panel">
            <table className="w-full min-w-[700px] table-fixed border-collapse" aria-label="Risks">
              <TableHead heads={heads} cell="px-2.5" />
              <tbody>
                {foldHints(risks).map(({ risk, queues }) => (
                  <RiskLine key={`${risk.connection}/${risk.queue}/${risk.kind}`} risk={risk} queues={queues} />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {data && (
          <div className="mt-3 grid gap-1 text-soft">
            {gapsOf(data, choice.connection).map(({ connection, text, tone }) => (
              <p key={`${connection} ${text}`}>
                <span className={`font-[550] ${toneText[tone]}`}>{connection}</span>{' '}
                <HostileText text={text} charactersMax={1_000} />
              </p>
            ))}
            <p className="text-faint">{lookedWords(data)}</p>
          </div>
        )}
      </div>
    </>
  );
}
