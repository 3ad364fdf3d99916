import { accessWords, connectionRow, type SettingsConnection } from '#components/settings/prepare-settings.ts';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Instant } from '#components/ui/instant.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { TableHead } from '#components/ui/table-head.tsx';
import type { ConsoleSettings } from '#lib/api/settings.ts';

const heads = [
  ['Connection', 'w-[20%]'],
  ['State', 'w-[96px]'],
  ['Since', 'w-[72px]'],
  ['Broker', 'w-[18%]'],
  ['Notes, and what to do', ''],
] as const;

export function ConnectionTable({
  connections,
  settings,
}: {
  connections: readonly SettingsConnection[];
  settings: ConsoleSettings | null;
}) {
  const missing = (settings?.connections ?? []).filter(({ name }) => !connections.some((each) => each.name === name));
  return (
    <Panel
      title="Connections"
      marks={settings?.sandbox ? <span className="text-xs text-faint">of the sandbox</span> : undefined}
    >
      <div className="overflow-x-auto">
        <table className="w-full min-w-[720px] table-fixed border-collapse" aria-label="Connections">
          <TableHead heads={heads} cell="px-3.5" />
          <tbody>
            {connections.map((connection) => (
              <ConnectionLine
                key={connection.name}
                connection={connection}
                configured={settings?.connections.find(({ name }) => name === connection.name)}
              />
            ))}
            {missing.map(({ name, access }) => (
              <tr key={name} className="border-t border-line first:border-t-0">
                <th scope="row" className="px-3.5 py-2 text-left align-top font-normal">
                  <span className="font-semibold">{name}</span>
                  <Access access={access} />
                </th>
                <td className="px-3.5 py-2 align-top text-soft" colSpan={4}>
                  The engine has not looked at it yet.
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function ConnectionLine({
  connection,
  configured,
}: {
  connection: SettingsConnection;
  configured: ConsoleSettings['connections'][number] | undefined;
}) {
  const { tone, state, since, broker, reasons, todo, command } = connectionRow(connection);
  return (
    <tr className="border-t border-line first:border-t-0">
      <th scope="row" className="px-3.5 py-2 text-left align-top font-normal">
        <div>
          <span className="font-semibold">{connection.name}</span>{' '}
          {connection.name !== connection.kind && <span className="text-faint">{connection.kind}</span>}
        </div>
        <div className="break-words text-faint">{connection.address}</div>
        {configured && <Access access={configured.access} />}
        {configured?.hasSchemaRegistry && <div className="text-xs text-faint">with a schema registry</div>}
      </th>
      <td className="px-3.5 py-2 align-top">
        <Pill tone={tone}>{state}</Pill>
      </td>
      <td className="px-3.5 py-2 align-top text-soft">{since === null ? '–' : <Instant at={since} inRow />}</td>
      <td className="px-3.5 py-2 align-top break-words text-soft">
        {broker === null ? '–' : <HostileText text={broker} charactersMax={120} />}
      </td>
      <td className="px-3.5 py-2 align-top">
        <div className="grid max-w-[90ch] gap-0.5 break-words">
          {reasons.map((reason) => (
            <span key={reason} className={tone === 'failing' ? 'text-failing' : 'text-soft'}>
              <HostileText text={reason} />
            </span>
          ))}
          {todo !== null && <span className="text-soft">{todo}</span>}
          {command !== null && (
            <span className="inline-flex items-center gap-1 justify-self-start rounded-md bg-sunk py-px pr-px pl-2">
              <code className="font-mono text-xs text-text">{command}</code>
              <CopyButton text={command} label="Copy the command" />
            </span>
          )}
          {configured?.patterns && <Names label="Dead letters are in" names={configured.patterns} />}
          {configured && configured.groupedBy.length > 0 && (
            <Names label="Grouped by the attributes" names={configured.groupedBy} />
          )}
        </div>
      </td>
    </tr>
  );
}

function Access({ access }: Pick<ConsoleSettings['connections'][number], 'access'>) {
  return <div className="text-xs break-words text-faint">{accessWords(access)}</div>;
}

function Names({ label, names }: { label: string; names: readonly string[] }) {
  return (
    <span className="text-soft">
      {label} <code className="font-mono text-xs text-text">{names.join(', ')}</code>
    </span>
  );
}
