import type { Arguments } from '#cli/arguments.ts';
import { askConsole } from '#cli/console-client.ts';
import { exitCodes, type ExitCode } from '#cli/exit-codes.ts';
import type { Output } from '#cli/output.ts';
import { instant, jsonLine, table } from '#cli/print.ts';
import { groupMark } from '#lib/alerts/group-mark.ts';
import { type AlertRow, alertsResponse } from '#lib/api/alerts.ts';

/** What fires, the worst first, muted ones among them. A script learns from the exit code whether something critical does that nobody has muted. */
export async function listAlerts({ url, json }: Arguments, output: Output): Promise<ExitCode> {
  const { firing, evaluatedAt } = await askConsole(url, alertsResponse, 'alerts');
  if (evaluatedAt === null) output.note('nothing has been looked at yet');
  if (json && firing.length > 0) output.write(firing.map(jsonLine).join('\n'));
  if (!json && firing.length === 0) output.note('nothing fires');
  if (!json && firing.length > 0)
    output.write(
      table(['SEVERITY', 'SINCE', 'RULE', 'MUTED', 'WHAT'], firing.map(alertCells), { width: output.width }),
    );
  const isAlarming = firing.some(({ severity, mutedBy }) => severity === 'critical' && mutedBy === null);
  return isAlarming ? exitCodes.critical : exitCodes.done;
}

export function alertCells({ severity, since, rule, mutedBy, sentence, subject }: AlertRow): string[] {
  return [severity, instant(since), rule, mutedBy === null ? '-' : 'muted', `${sentence}${groupMark(subject)}`];
}
