import { parseArgs } from 'node:util';
import { parse } from '#lib/filter/parse.ts';

export type Command = 'queues' | 'messages' | 'groups' | 'export';

export interface Arguments {
  readonly command: Command;
  /** Where the console is, without a slash at its end. */
  readonly url: string;
  readonly filter: string;
  readonly limit: number;
  readonly order: 'newest' | 'oldest';
  readonly json: boolean;
  /** Of an export. */
  readonly format: 'ndjson' | 'csv';
  readonly content: boolean;
}

interface Environment {
  readonly REDELIVER_URL?: string | undefined;
}

/** What is wrong with the command as it was typed; several lines where it points at a character. */
export class UsageError extends Error {}

export const help = `redeliver: what a running Redeliver console knows of dead letters

  redeliver queues                      every dead-letter queue
  redeliver messages [--filter …]       dead letters, newest first
  redeliver groups   [--filter …]       the problems behind them, most frequent first
  redeliver export   [--filter …]       every dead letter that the filter meets, newest first, as the console's file has it

  --filter <filter>    in the filter language of the console: docs/filter-language.md
  --limit <number>     at most so many rows (messages and groups; default 100)
  --order oldest       messages from the oldest on
  --json               one JSON object a line, as the HTTP interface has it
  --format csv         of an export; else ndjson, one JSON object a line
  --content            of an export as NDJSON: keys, bodies and headers too
  --url <address>      of the console; else REDELIVER_URL, else http://127.0.0.1:3000
  --help

Exit codes: 0 answered, also where nothing matches; 1 the console cannot be reached or refuses; 2 the command is not right.
Examples: redeliver messages --filter='queue:orders.* header.tenant:acme since:2h' --json
          redeliver groups --filter='-state:replayed payload.customer.id:42'
          redeliver export --filter='queue:orders.*' --content > dead-letters.ndjson`;

const commands: readonly Command[] = ['queues', 'messages', 'groups', 'export'];
const limitMax = 1_000_000;

/** `null` where help is asked for. Throws UsageError. */
export function readArguments(args: readonly string[], environment: Environment): Arguments | null {
  const { values, positionals } = parsed(args);
  if (values.help === true || args.length === 0) return null;
  const [name = '', ...others] = positionals;
  const command = commands.find((each) => each === name);
  if (!command || others.length > 0)
    throw new UsageError(`There is no command "${positionals.join(' ')}". Possible are ${commands.join(', ')}.`);
  if (command === 'queues' && (values.filter ?? values.limit ?? values.order) !== undefined)
    throw new UsageError('queues takes no --filter, --limit or --order: it lists every queue.');
  if (command === 'groups' && values.order !== undefined) throw new UsageError('groups takes no --order.');
  if (command === 'export' && (values.limit ?? values.order ?? values.json) !== undefined)
    throw new UsageError(
      'export takes no --limit, --order or --json: it writes everything that the filter meets, newest first.',
    );
  if (command !== 'export' && (values.format ?? values.content) !== undefined)
    throw new UsageError('--format and --content are of export alone.');
  const format = readFormat(values.format);
  const content = values.content === true;
  if (content && format === 'csv')
    throw new UsageError('--content is for NDJSON: a line of CSV has no room for bodies.');
  const filter = values.filter ?? '';
  refuseUnreadable(filter);
  return {
    command,
    url: readUrl(values.url ?? environment.REDELIVER_URL ?? 'http://127.0.0.1:3000'),
    filter,
    limit: readLimit(values.limit, command),
    order: readOrder(values.order),
    json: values.json === true,
    format,
    content,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        filter: { type: 'string', short: 'f' },
        limit: { type: 'string', short: 'n' },
        order: { type: 'string' },
        json: { type: 'boolean' },
        format: { type: 'string' },
        content: { type: 'boolean' },
        url: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function refuseUnreadable(filter: string): void {
  const read = parse(filter, { now: 0 });
  if (!('error' in read)) return;
  const { message, position, length } = read.error;
  const pointer = ' '.repeat(position) + '^'.repeat(Math.max(1, length));
  throw new UsageError(`--filter: ${message}\n\n  ${filter.replaceAll(/\s/g, ' ')}\n  ${pointer}`);
}

function readUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`"${text.replace(/[^/]*@/, '')}" is no address of a console, such as http://127.0.0.1:3000.`);
  return url.href.replace(/\/+$/, '');
}

function readLimit(text: string | undefined, command: Command): number {
  const max = command === 'groups' ? 500 : limitMax;
  const limit = Number(text ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw new UsageError(`--limit takes a number from 1 to ${max.toLocaleString('en')}.`);
  return limit;
}

function readFormat(text: string | undefined): Arguments['format'] {
  if (text === undefined || text === 'ndjson' || text === 'csv') return text ?? 'ndjson';
  throw new UsageError('--format is ndjson or csv.');
}

function readOrder(text: string | undefined): Arguments['order'] {
  if (text === undefined || text === 'newest' || text === 'oldest') return text ?? 'newest';
  throw new UsageError('--order is newest or oldest.');
}
