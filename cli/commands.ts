import { listAlerts } from '#cli/alerts-command.ts';
import { oneOf, type Arguments } from '#cli/arguments.ts';
import { askConsole, streamConsole } from '#cli/console-client.ts';
import { exitCodes, type ExitCode } from '#cli/exit-codes.ts';
import type { Output } from '#cli/output.ts';
import { listLag } from '#cli/lag-command.ts';
import { instant, jsonLine, table } from '#cli/print.ts';
import { planAndSend } from '#cli/replay-command.ts';
import { moveAll } from '#cli/move-all-command.ts';
import { manageReplays } from '#cli/replays-command.ts';
import { noteUnknownQueues } from '#cli/unknown-names.ts';
import { UsageError } from '#cli/usage-error.ts';
import { groupsResponse, type GroupsResponse } from '#lib/api/groups.ts';
import { type ListedMessage, messagesResponse, type MessagesResponse } from '#lib/api/messages.ts';
import { overviewResponse } from '#lib/api/queues.ts';
import { messageOrders } from '#lib/domain/message-order.ts';
import { groupStates } from '#lib/domain/error-group.ts';

export async function runCommand(asked: Arguments, output: Output): Promise<ExitCode> {
  switch (asked.command) {
    case 'queues':
      return listQueues(asked, output);
    case 'messages':
      return listMessages(asked, output);
    case 'groups':
      return listGroups(asked, output);
    case 'lag':
      return listLag(asked, output);
    case 'alerts':
      return listAlerts(asked, output);
    case 'export':
      return exportMessages(asked, output);
    case 'replay':
    case 'discard':
    case 'restore':
      return planAndSend(asked, asked.command, output);
    case 'replays':
      return manageReplays(asked, output);
    case 'move-all':
      return moveAll(asked, output);
  }
}

async function listQueues({ url, json }: Arguments, output: Output): Promise<ExitCode> {
  const { queues } = await askConsole(url, overviewResponse, 'queues');
  if (json) return writeLines(queues, output);
  const rows = queues.map((queue) => [
    String(queue.open ?? '?'),
    String(queue.newInDay ?? '?'),
    queue.reader.kind,
    instant(queue.newestAt),
    queue.id,
    queue.topError?.errorClass ?? queue.topError?.errorMessage ?? '-',
  ]);
  output.write(table(['OPEN', 'NEW 24H', 'READER', 'NEWEST', 'QUEUE', 'TOP ERROR'], rows, { width: output.width }));
  return exitCodes.done;
}

const pageMax = 500;
const columns = ['DEAD-LETTERED', 'EXPIRES', 'STATE', 'QUEUE', 'KEY', 'ERROR', 'MESSAGE'];
/** When they expire is said where it is asked for. */
const usualColumns = columns.filter((column) => column !== 'EXPIRES');

/** Page by page, so that a million are as little in memory as a hundred; a search that stops on the way is asked to go on. */
async function listMessages(asked: Arguments, output: Output): Promise<ExitCode> {
  const { url, filter, limit, json } = asked;
  const order = oneOf(asked, 'order', messageOrders);
  const byExpiry = order === 'expiring';
  let left = limit;
  let cursor: string | null = null;
  let examined = 0;
  let isFirst = true;
  let listed = 0;
  do {
    const page: MessagesResponse = await askConsole(url, messagesResponse, 'messages', {
      filter,
      order,
      limit: Math.min(left, pageMax),
      cursor,
    });
    for (const { message } of page.hints) output.note(message);
    if (json) writeLines(page.messages, output);
    else if (isFirst || page.messages.length > 0)
      output.write(
        table(
          byExpiry ? columns : usualColumns,
          page.messages.map((message) => toRow(message, byExpiry)),
          { width: output.width, isHeadless: !isFirst },
        ),
      );
    isFirst = false;
    left -= page.messages.length;
    listed += page.messages.length;
    examined += page.incomplete?.examined ?? 0;
    if (page.unsearched) output.note(unsearchedNote(page.unsearched));
    if (page.incomplete) output.note(`looked at ${examined} messages, up to ${instant(page.incomplete.searchedTo)}`);
    cursor = page.nextCursor;
  } while (cursor !== null && left > 0);
  if (listed === 0) await noteUnknownQueues(url, filter, output);
  return exitCodes.done;
}

function unsearchedNote({ count, capped }: NonNullable<MessagesResponse['unsearched']>): string {
  const of = `${capped ? 'at least ' : ''}${count} ${count === 1 ? 'message' : 'messages'}`;
  return `not known of ${of}: the payload could not be looked into, because its schema was not to be had, it is too large, or it is damaged`;
}

function toRow(message: ListedMessage, byExpiry: boolean): string[] {
  return [
    instant(message.at),
    ...(byExpiry ? [expiryOf(message)] : []),
    message.state,
    message.queueId,
    message.key ?? '-',
    message.errorClass ?? '-',
    message.errorMessage ?? message.reason ?? '-',
  ];
}

function expiryOf({ expires }: ListedMessage): string {
  if (expires === null) return 'not known';
  return `${expires.bound === 'at-least' ? '>= ' : ''}${instant(expires.at)}`;
}

async function listGroups({ url, filter, limit, json }: Arguments, output: Output): Promise<ExitCode> {
  const { groups, byState, searchedTo } = await askConsole(url, groupsResponse, 'groups', { filter, limit });
  if (searchedTo !== null) output.note(`older dead letters than ${instant(searchedTo)} were not looked at`);
  const cut = cutNote(groups.length, byState);
  if (cut !== null) output.note(cut);
  if (groups.length === 0) await noteUnknownQueues(url, filter, output);
  if (json) return writeLines(groups, output);
  const rows = groups.map((group) => [
    String(group.count),
    group.state,
    instant(group.firstAt),
    instant(group.lastAt),
    group.fingerprint,
    group.title,
  ]);
  output.write(table(['COUNT', 'STATE', 'FIRST', 'LAST', 'GROUP', 'PROBLEM'], rows, { width: output.width }));
  return exitCodes.done;
}

/** Where there are more problems than lines; those that are ignored or resolved are not listed. */
export function cutNote(listed: number, byState: GroupsResponse['byState']): string | null {
  const all = groupStates
    .filter((state) => state !== 'ignored' && state !== 'resolved')
    .reduce((sum, state) => sum + (byState[state] ?? 0), 0);
  return listed >= all
    ? null
    : `the first ${listed} of ${all} groups: for the others narrow the filter, or raise --limit (at most 500)`;
}

/** The same file as that of the console: nothing of it is read here, and no more than a piece is in memory. */
async function exportMessages(asked: Arguments, output: Output): Promise<ExitCode> {
  const format = oneOf(asked, 'format', ['ndjson', 'csv']);
  const content = asked.has('content');
  if (content && format === 'csv')
    throw new UsageError('--content is for NDJSON: a line of CSV has no room for bodies.');
  const params = { filter: asked.filter, format, content: content ? 'true' : null };
  for await (const piece of streamConsole(asked.url, 'exports', params)) await output.pass(piece);
  return exitCodes.done;
}

function writeLines(values: readonly unknown[], output: Output): ExitCode {
  if (values.length > 0) output.write(values.map(jsonLine).join('\n'));
  return exitCodes.done;
}
