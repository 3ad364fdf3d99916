import Link from 'next/link';
import { CommandText } from '#components/risks/command-text.tsx';
import { firstLine, kindWords, severityMarks } from '#components/risks/prepare-risks.ts';
import { countOf } from '#components/ui/numbers.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { queueId } from '#lib/domain/queue.ts';
import type { RiskView } from '#lib/api/risks.ts';

/** A risk: where, what is so and what it leads to, and what to do about it. `queues` are all that it is about. */
export function RiskLine({ risk, queues }: { risk: RiskView; queues: readonly RiskView[] }) {
  const { tone, word } = severityMarks[risk.severity];
  return (
    <tr className="border-b border-line align-top last:border-0">
      <td className="px-2.5 py-2">
        {queues.length === 1 ? (
          <QueuePlace risk={risk} />
        ) : (
          <details>
            <summary className="cursor-pointer font-[550]">{countOf(queues.length, 'queue')}</summary>
            {queues.map((each) => (
              <div key={`${each.connection}/${each.queue}`} className="mt-1">
                <QueuePlace risk={each} />
              </div>
            ))}
          </details>
        )}
      </td>
      <td className="px-2.5 py-2">
        <span className="flex flex-wrap items-center gap-1.5">
          <Pill tone={tone}>{word}</Pill>
          <span className="text-faint">{kindWords[risk.kind]}</span>
        </span>
        <p className="mt-1 break-words">
          <HostileText text={risk.sentence} charactersMax={1_000} />
        </p>
        <p className="text-soft">
          <HostileText text={risk.why} charactersMax={1_000} />
        </p>
      </td>
      <td className="px-2.5 py-2">
        <p className="break-words">
          <HostileText text={risk.remedy.text} charactersMax={1_000} />
        </p>
        {risk.remedy.code !== null && (
          <div className="mt-1 flex items-start gap-1 rounded-md bg-sunk pr-0.5 pl-2">
            <details className="group min-w-0 flex-1 py-1">
              <summary className="cursor-pointer truncate font-mono text-2xs text-soft group-open:text-faint">
                <HostileText text={firstLine(risk.remedy.code)} charactersMax={200} />
              </summary>
              <CommandText code={risk.remedy.code} />
            </details>
            <CopyButton text={risk.remedy.code} label={`Copy what to do about ${risk.queue}`} />
          </div>
        )}
      </td>
    </tr>
  );
}

function QueuePlace({ risk }: { risk: RiskView }) {
  const id = queueId(risk.connection, risk.queue);
  return (
    <>
      <span className="block min-w-0 font-[550] break-words">
        {risk.isDeadLetterQueue ? (
          <Link href={`/queues/${encodeURIComponent(id)}`} className="hover:underline">
            <HostileText text={risk.queue} charactersMax={255} isName />
          </Link>
        ) : (
          <HostileText text={risk.queue} charactersMax={255} isName />
        )}
      </span>
      <span className="text-faint">{risk.connection}</span>
    </>
  );
}
