import { AlertSection } from '#components/alerts/alert-section.tsx';
import { tellsWords } from '#components/alerts/prepare-alerts.ts';
import { SeverityMark } from '#components/alerts/severity-mark.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Pill } from '#components/ui/pill.tsx';
import type { AlertRuleRow } from '#lib/api/alerts.ts';

/** What watches, in words; what is switched off stands there too, so that nobody relies on it. */
export function RulesSection({ rules }: { rules: readonly AlertRuleRow[] }) {
  return (
    <AlertSection
      title="Rules"
      note={
        <>
          changed under <code className="font-mono">alerts.rules</code> of the configuration
        </>
      }
    >
      <ul>
        {rules.map((rule) => (
          <li
            key={rule.name}
            className="grid min-h-[34px] grid-cols-[92px_minmax(0,220px)_minmax(0,1fr)_minmax(0,220px)] items-center gap-x-3 border-b border-line px-2.5 py-1 last:border-b-0 max-xl:grid-cols-[92px_minmax(0,210px)_minmax(0,1fr)] max-md:grid-cols-[92px_minmax(0,1fr)]"
          >
            <SeverityMark severity={rule.severity} isOver={!rule.on} />
            <span className="truncate">
              <b className="font-semibold">{rule.name}</b>
              {rule.builtIn && <span className="text-faint"> built in</span>}
            </span>
            <span className="min-w-0 break-words text-soft max-md:col-start-2">
              <HostileText text={rule.watches} charactersMax={300} />
              {rule.problem !== null && (
                <span className="block text-failing">
                  Could not be looked at: <HostileText text={rule.problem} charactersMax={200} />
                </span>
              )}
            </span>
            <span
              className="truncate text-right text-faint max-xl:hidden"
              title={rule.on ? tellsWords(rule) : undefined}
            >
              {!rule.on && <Pill>switched off</Pill>}
              {rule.on && rule.firing > 0 && <Pill tone="attention">{rule.firing} firing</Pill>}
              {rule.on && ` ${tellsWords(rule)}`}
            </span>
          </li>
        ))}
      </ul>
    </AlertSection>
  );
}
