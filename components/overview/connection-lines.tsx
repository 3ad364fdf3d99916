import { CopyButton } from '#components/ui/copy-button.tsx';
import { HostileText } from '#components/ui/hostile-text.tsx';
import { Pill } from '#components/ui/pill.tsx';
import { duration } from '#components/ui/times.ts';
import type { Connection } from '#components/overview/prepare-overview.ts';

/** Connections that do not work, a row each; those that work show by their queues. */
export function ConnectionLines({ connections, now }: { connections: readonly Connection[]; now: number }) {
  const troubled = connections.filter((connection) => connection.health.kind !== 'live');
  if (troubled.length === 0) return null;
  return (
    <tbody className="border-b border-line">
      {troubled.map((connection) => (
        <ConnectionLine key={connection.name} connection={connection} now={now} />
      ))}
    </tbody>
  );
}

/** One connection over its queues, with what is wrong with it or, where nothing is, what it is. */
export function ConnectionLine({ connection, now }: { connection: Connection; now: number }) {
  return (
    <tr className="h-[38px] border-t border-line bg-sunk first:border-t-0">
      <th scope="row" colSpan={5} className="px-2.5 py-1.5 text-left font-normal">
        {/* Over the empty columns beside it, which are not there in narrow windows. */}
        <div className="xl:w-[150%]">
          <span className="font-semibold">{connection.name}</span>{' '}
          <span className="mr-2 text-faint">{connection.address}</span>
          <span className="inline-block text-soft">
            <ConnectionWords connection={connection} />
          </span>
        </div>
      </th>
      {/* As many columns as the table has, in wide windows and in narrow ones. */}
      <td className="max-xl:hidden">{'\u00a0'}</td>
      <td className="max-xl:hidden">{'\u00a0'}</td>
      <td className="max-xl:hidden">{'\u00a0'}</td>
      <td className="px-2.5">
        <ConnectionPill health={connection.health} now={now} />
      </td>
    </tr>
  );
}

function ConnectionWords({ connection: { health } }: { connection: Connection }) {
  switch (health.kind) {
    case 'live':
      return (
        <>
          {health.product}
          {health.version !== null && ` ${health.version}`}
        </>
      );
    case 'starting':
      return <>{health.step}</>;
    case 'failing':
      return (
        <span className="break-words">
          <HostileText text={health.error.message} />
        </span>
      );
    case 'not-started':
      return (
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          {health.reason}
          <span className="inline-flex items-center gap-1 rounded-md bg-sunk py-px pr-px pl-2">
            <code className="font-mono text-xs text-text">{health.remedy}</code>
            <CopyButton text={health.remedy} label="Copy the command" />
          </span>
        </span>
      );
  }
}

function ConnectionPill({ health, now }: { health: Connection['health']; now: number }) {
  switch (health.kind) {
    case 'live':
      return <Pill tone="settled">live</Pill>;
    case 'starting':
      return <Pill tone="motion">starting</Pill>;
    case 'failing':
      return <Pill tone="failing">failing for {duration(now - health.since)}</Pill>;
    case 'not-started':
      return <Pill>not started</Pill>;
  }
}
