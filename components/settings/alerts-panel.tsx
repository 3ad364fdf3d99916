import Link from 'next/link';
import type { ReactNode } from 'react';
import { SeverityMark } from '#components/alerts/severity-mark.tsx';
import { ruleRows, type RuleRow } from '#components/settings/prepare-settings.ts';
import { Panel } from '#components/ui/panel.tsx';
import { TableHead } from '#components/ui/table-head.tsx';
import { exactDuration } from '#components/ui/times.ts';
import type { ConsoleSettings } from '#lib/api/settings.ts';

const heads = [
  ['Rule', 'w-[22%]'],
  ['Severity', 'w-[112px]'],
  ['Fires when', ''],
  ['Where', 'w-[16%]'],
  ['Tells', 'w-[20%]'],
] as const;

/** The rules that watch, and whom they tell. */
export function AlertsPanel({ settings }: { settings: ConsoleSettings }) {
  const { everyMs, consoleUrl, off, receivers } = settings.alerts;
  return (
    <Panel
      title="Alert rules"
      marks={
        <span className="flex flex-1 items-baseline gap-3 text-xs text-faint">
          looked at every {exactDuration(everyMs)}
          <Link href="/alerts" className="text-accent underline-offset-2 hover:underline">
            What fires
          </Link>
          <code className="ml-auto font-mono text-2xs">alerts</code>
        </span>
      }
    >
      <div className="overflow-x-auto">
        <table className="w-full min-w-[720px] table-fixed border-collapse" aria-label="Alert rules">
          <TableHead heads={heads} cell="px-3.5" />
          <tbody>
            {ruleRows(settings).map((rule) => (
              <RuleLine key={rule.name} rule={rule} />
            ))}
          </tbody>
        </table>
      </div>
      <dl className="grid gap-1.5 border-t border-line px-3.5 py-2.5">
        <Fact name="Receivers">
          {receivers.length === 0
            ? 'None: what fires is on the page of alerts alone.'
            : receivers.map(({ name, kind, isSigned }) => `${name} (${kind}${isSigned ? ', signed' : ''})`).join(', ')}
        </Fact>
        {off.length > 0 && <Fact name="Switched off">{off.map(({ name }) => name).join(', ')}</Fact>}
        <Fact name="Links in alerts lead to">{consoleUrl ?? 'where the console listens'}</Fact>
      </dl>
    </Panel>
  );
}

function RuleLine({ rule: { name, severity, watches, where, tells, labels, builtIn } }: { rule: RuleRow }) {
  return (
    <tr className="border-t border-line align-top first:border-t-0">
      <th scope="row" className="px-3.5 py-1.5 text-left font-semibold break-words">
        {name} {builtIn && <span className="font-normal text-faint">built in</span>}
        {labels !== '' && <div className="font-mono text-xs font-normal text-faint">{labels}</div>}
      </th>
      <td className="px-3.5 py-1.5">
        <SeverityMark severity={severity} />
      </td>
      <td className="px-3.5 py-1.5 break-words">{watches}</td>
      <td className="px-3.5 py-1.5 break-words text-soft">{where}</td>
      <td className="px-3.5 py-1.5 break-words text-soft">{tells}</td>
    </tr>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline gap-3">
      <dt className="w-[22%] shrink-0 text-soft">{name}</dt>
      <dd className="min-w-0 flex-1 break-words">{children}</dd>
    </div>
  );
}
