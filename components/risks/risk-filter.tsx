import type { ReactNode, Ref } from 'react';
import { countKinds, kindWords, type RiskChoice } from '#components/risks/prepare-risks.ts';
import { Button } from '#components/ui/button.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import type { RisksResponse } from '#lib/api/risks.ts';

/** Which connection, and which kind of risk. */
export function RiskFilter({
  ref,
  response,
  choice,
  onChoose,
}: {
  ref: Ref<HTMLDivElement>;
  response: RisksResponse;
  choice: RiskChoice;
  onChoose: (choice: RiskChoice) => void;
}) {
  const kinds = countKinds(response, choice.connection);
  const total = kinds.reduce((sum, { count }) => sum + count, 0);
  return (
    <div ref={ref} className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
      {response.connections.length > 1 && (
        <div role="group" aria-label="Connection" className="flex flex-wrap gap-1">
          <Choice isChosen={choice.connection === null} onChoose={() => onChoose({ ...choice, connection: null })}>
            All connections
          </Choice>
          {response.connections.map(({ connection }) => (
            <Choice
              key={connection}
              isChosen={choice.connection === connection}
              onChoose={() => onChoose({ ...choice, connection })}
            >
              {connection}
            </Choice>
          ))}
        </div>
      )}
      {(total > 0 || choice.kind !== null) && (
        <div role="group" aria-label="Kind of risk" className="flex flex-wrap gap-1">
          <Choice isChosen={choice.kind === null} onChoose={() => onChoose({ ...choice, kind: null })}>
            All {formatCount(total)}
          </Choice>
          {kinds.map(({ kind, count }) => (
            <Choice key={kind} isChosen={choice.kind === kind} onChoose={() => onChoose({ ...choice, kind })}>
              {kindWords[kind]} {formatCount(count)}
            </Choice>
          ))}
        </div>
      )}
    </div>
  );
}

function Choice({ isChosen, onChoose, children }: { isChosen: boolean; onChoose: () => void; children: ReactNode }) {
  return (
    <Button
      size="small"
      aria-pressed={isChosen}
      onClick={onChoose}
      className={isChosen ? 'bg-accent-soft! text-accent!' : undefined}
    >
      {children}
    </Button>
  );
}
