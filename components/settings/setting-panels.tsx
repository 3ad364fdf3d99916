import type { ReactNode } from 'react';
import { engineState } from '#components/settings/engine-state.ts';
import {
  consoleLines,
  keepingLines,
  lagAndTraceLines,
  maskingLines,
  readingLines,
  type SettingLine,
  watchingLines,
} from '#components/settings/prepare-settings.ts';
import { Instant } from '#components/ui/instant.tsx';
import { formatCount } from '#components/ui/numbers.ts';
import { Panel } from '#components/ui/panel.tsx';
import { Pill } from '#components/ui/pill.tsx';
import type { SettingsResponse } from '#lib/api/settings.ts';

export function SettingPanels({ response }: { response: SettingsResponse }) {
  const { settings } = response;
  return (
    <div className="grid grid-cols-2 items-start gap-3 max-xl:grid-cols-1">
      <ConsolePanel response={response} />
      {settings && (
        <>
          <LinesPanel title="Reading" lines={readingLines(settings)} />
          <LinesPanel title="After a replay or a discard" lines={keepingLines(settings)} />
          <LinesPanel title="Log and metrics" lines={watchingLines(settings)} />
          <LinesPanel title="Lag and traces" lines={lagAndTraceLines(settings)} />
          <Panel title="Masked" marks={<Where>masking</Where>}>
            {settings.masking === null ? (
              <p className="px-3.5 py-2.5 text-soft">
                Nothing is masked: whoever opens the console reads every payload.
              </p>
            ) : (
              <dl className="grid gap-1.5 px-3.5 py-2.5">
                {maskingLines(settings).map(({ what, names }) => (
                  <div key={what} className="grid grid-cols-[96px_1fr] gap-3">
                    <dt className="text-soft">{what}</dt>
                    <dd className="font-mono text-xs leading-[19px] break-words">{names.join(', ')}</dd>
                  </div>
                ))}
              </dl>
            )}
          </Panel>
          <ConventionsPanel response={response} own={settings.conventions} />
        </>
      )}
    </div>
  );
}

const engineTones = { live: 'settled', starting: 'motion', silent: 'failing' } as const;

function ConsolePanel({ response }: { response: SettingsResponse }) {
  const { version, startedAt, settings } = response;
  const engine = engineState(response);
  return (
    <Panel title="The console">
      <dl className="grid gap-1.5 px-3.5 py-2.5">
        <Line label="Version">{version}</Line>
        {startedAt !== null && (
          <Line label="Started">
            <Instant at={startedAt} suffix=" ago" />
          </Line>
        )}
        <Line label="Engine">
          <Pill tone={engineTones[engine.state]}>{engine.state}</Pill>
          {engine.note !== null && <span className="ml-2 text-soft">{engine.note}</span>}
        </Line>
        {settings &&
          consoleLines(settings).map(({ label, value, key }) => (
            <Line key={key} label={label} where={key}>
              {value}
            </Line>
          ))}
        <Line label="For machines">
          <span className="flex flex-wrap gap-x-3">
            {machinePages.map((page) => (
              <a
                key={page}
                href={page}
                className="inline-flex h-6 items-center font-mono text-xs text-accent hover:underline"
              >
                {page}
              </a>
            ))}
          </span>
        </Line>
      </dl>
    </Panel>
  );
}

const machinePages = ['/api/health', '/api/health/ready', '/api/metrics', '/api/v1/openapi.json'] as const;

function ConventionsPanel({
  response: {
    conventionsFound: { among, conventions },
  },
  own,
}: {
  response: SettingsResponse;
  own: readonly string[];
}) {
  return (
    <Panel
      title="Conventions found"
      marks={<span className="text-xs text-faint">in the newest {formatCount(among)} dead letters</span>}
    >
      {conventions.length === 0 && <p className="px-3.5 py-2.5 text-soft">None yet.</p>}
      {conventions.length > 0 && (
        <dl className="grid gap-1.5 px-3.5 py-2.5">
          {conventions.map(({ name, count }) => (
            <Line key={name} label={name}>
              {formatCount(count)}
              {own.includes(name) && <span className="ml-2 text-faint">your own</span>}
            </Line>
          ))}
        </dl>
      )}
      {own.length > 0 && (
        <p className="border-t border-line px-3.5 py-2 text-xs text-faint">
          Asked first, as configured: <span className="font-mono">{own.join(', ')}</span>
        </p>
      )}
    </Panel>
  );
}

function LinesPanel({ title, lines }: { title: string; lines: readonly SettingLine[] }) {
  return (
    <Panel title={title}>
      <dl className="grid gap-1.5 px-3.5 py-2.5">
        {lines.map(({ label, value, key }) => (
          <Line key={key} label={label} where={key}>
            {value}
          </Line>
        ))}
      </dl>
    </Panel>
  );
}

function Line({ label, where, children }: { label: string; where?: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline gap-3">
      <dt className="w-[46%] shrink-0 text-soft">{label}</dt>
      {/* A group of a list holds terms and what is said of them alone. */}
      <dd className="flex min-w-0 flex-1 items-baseline gap-3">
        <span className="min-w-0 break-words">{children}</span>
        {where !== undefined && <Where>{where}</Where>}
      </dd>
    </div>
  );
}

/** The key in the configuration. */
function Where({ children }: { children: ReactNode }) {
  return <code className="ml-auto font-mono text-2xs text-faint">{children}</code>;
}
