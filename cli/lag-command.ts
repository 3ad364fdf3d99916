import type { Arguments } from '#cli/arguments.ts';
import { askConsole } from '#cli/console-client.ts';
import { exitCodes, type ExitCode } from '#cli/exit-codes.ts';
import type { Output } from '#cli/output.ts';
import { instant, jsonLine, printable, table } from '#cli/print.ts';
import { noteUnknownConnection } from '#cli/unknown-names.ts';
import { type LagApiRow, lagResponse } from '#lib/api/lag.ts';

const heads = ['BEHIND', 'IN 1H', 'IN FLIGHT', 'READERS', 'STATE', 'CONNECTION', 'GROUP OR QUEUE', 'TOPIC'];

/** The furthest behind first; what nobody tells comes last. With `--json` a line each, with the connection and the instant of its reading. */
export async function listLag(asked: Arguments, output: Output): Promise<ExitCode> {
  const named = asked.flag('connection');
  const { connections } = await askConsole(asked.url, lagResponse, 'lag', {
    connection: named,
    group: asked.flag('group'),
    topic: asked.flag('topic'),
  });
  const isNarrowed = asked.flag('group') !== null || asked.flag('topic') !== null;
  if (named !== null && connections.length === 0 && !isNarrowed) await noteUnknownConnection(asked.url, named, output);
  for (const { connection, failing, notes } of connections) {
    if (failing)
      output.note(`${connection} fails since ${instant(failing.since)}: ${printable(failing.error.message)}`);
    for (const note of notes) output.note(`${connection}: ${printable(note)}`);
  }
  const rows = connections
    .flatMap(({ connection, at, rows: told }) => told.map((row) => ({ connection, at, ...row })))
    .toSorted((a, b) => (amountOf(b) ?? -1) - (amountOf(a) ?? -1))
    .slice(0, asked.limit);
  if (asked.json) {
    if (rows.length > 0) output.write(rows.map(jsonLine).join('\n'));
    return exitCodes.done;
  }
  const lines = rows.map((row) => {
    const isGroup = row.kind === 'group';
    const amount = amountOf(row);
    return [
      amount === null ? ((isGroup ? row.gap : null) ?? '-') : String(amount),
      amount === null || row.before === null ? '-' : signed(amount - row.before),
      isGroup ? '-' : String(row.held ?? '-'),
      String((isGroup ? row.members : row.consumers) ?? '-'),
      isGroup ? row.state : '-',
      row.connection,
      isGroup ? row.group : row.queue,
      isGroup ? row.topic : '-',
    ];
  });
  output.write(table(heads, lines, { width: output.width }));
  return exitCodes.done;
}

function amountOf(row: LagApiRow): number | null {
  return row.kind === 'group' ? row.lag : row.waiting;
}

function signed(change: number): string {
  return change > 0 ? `+${change}` : String(change);
}
