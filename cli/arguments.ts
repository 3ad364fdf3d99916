import { parseArgs, type ParseArgsOptionDescriptor } from 'node:util';
import { replayFlags } from '#cli/replay-flags.ts';
import { UsageError } from '#cli/usage-error.ts';
import { noSuchWord } from '#cli/no-such-word.ts';
import { parse } from '#lib/filter/parse.ts';
import { didYouMean, nearestName } from '#lib/words/did-you-mean.ts';

export const commands = [
  'queues',
  'messages',
  'groups',
  'lag',
  'alerts',
  'export',
  'replay',
  'discard',
  'restore',
  'replays',
  'move-all',
] as const;
export type Command = (typeof commands)[number];

/** A command as it was typed: its name, what stands behind it and its flags are ones that there are. */
export interface Arguments {
  readonly command: Command;
  /** `watch 118` of `replays watch 118`. */
  readonly words: readonly string[];
  /** Where the console is, without a slash at its end. */
  readonly url: string;
  /** `null` where none was given. */
  readonly filter: string | null;
  readonly limit: number;
  readonly json: boolean;
  flag(name: string): string | null;
  has(name: string): boolean;
}

interface Environment {
  readonly REDELIVER_URL?: string | undefined;
}

const flags = {
  filter: { type: 'string', short: 'f' },
  limit: { type: 'string', short: 'n' },
  order: { type: 'string' },
  connection: { type: 'string' },
  group: { type: 'string' },
  topic: { type: 'string' },
  json: { type: 'boolean' },
  format: { type: 'string' },
  content: { type: 'boolean' },
  all: { type: 'boolean' },
  ids: { type: 'string' },
  'ids-from': { type: 'string' },
  except: { type: 'string' },
  discard: { type: 'string' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  confirm: { type: 'string' },
  hash: { type: 'string' },
  watch: { type: 'boolean' },
  cancel: { type: 'boolean' },
  until: { type: 'string' },
  plans: { type: 'boolean' },
  state: { type: 'string' },
  returned: { type: 'boolean' },
  url: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Record<string, ParseArgsOptionDescriptor>;

const ids = ['ids', 'ids-from'];
const confirmation = ['dry-run', 'yes', 'confirm', 'watch', 'until', 'json'];
const everyAction = [...confirmation, ...replayFlags.filter(({ ofEvery }) => ofEvery).map(({ flag }) => flag)];

/** Besides `--url`, which all take. */
const taken: Readonly<Record<Command, readonly string[]>> = {
  queues: ['json'],
  messages: ['filter', 'limit', 'order', 'json'],
  groups: ['filter', 'limit', 'json'],
  lag: ['connection', 'group', 'topic', 'limit', 'json'],
  alerts: ['json'],
  export: ['filter', 'format', 'content'],
  replay: ['filter', 'all', ...ids, 'except', ...confirmation, ...replayFlags.map(({ flag }) => flag)],
  discard: ['filter', 'all', ...ids, 'except', ...everyAction],
  restore: ['discard', 'filter', 'all', ...ids, 'except', ...everyAction],
  'move-all': ['confirm', 'watch', 'cancel', 'rate', 'to', 'json'],
  replays: ['limit', 'plans', 'state', 'returned', 'confirm', 'hash', 'watch', 'until', 'json'],
};

/** What stands behind these is read by them. */
const withWords: ReadonlySet<Command> = new Set(['replays', 'move-all']);

/** `null` where help is asked for. Throws UsageError. */
export function readArguments(args: readonly string[], environment: Environment): Arguments | null {
  const { values, positionals } = parsed(args);
  if (values['help'] === true || args.length === 0) return null;
  const [name = '', ...words] = positionals;
  const command = commands.find((each) => each === name);
  if (!command || (words.length > 0 && !withWords.has(command)))
    throw new UsageError(
      `There is no command "${positionals.join(' ')}". Possible are ${commands.join(', ')}.${didYouMean(name, commands)}`,
    );
  for (const flag of Object.keys(values)) {
    if (flag !== 'url' && !taken[command].includes(flag)) {
      const others = commands.filter((other) => taken[other].includes(flag));
      throw new UsageError(`${command} takes no --${flag}: that is for ${others.join(' and ')}.`);
    }
  }
  const text = (flag: string): string | null => {
    const value = values[flag];
    return typeof value === 'string' ? value : null;
  };
  const filter = text('filter');
  if (filter !== null) refuseUnreadable(filter);
  return {
    command,
    words,
    url: readUrl(text('url') ?? environment.REDELIVER_URL ?? 'http://127.0.0.1:3000'),
    filter,
    limit: readLimit(text('limit'), command),
    json: values['json'] === true,
    flag: text,
    has: (flag) => values[flag] === true,
  };
}

function parsed(args: readonly string[]) {
  const options: Record<string, ParseArgsOptionDescriptor> = { ...flags };
  for (const { flag, takes } of replayFlags) options[flag] = { type: takes === null ? 'boolean' : 'string' };
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const [, unknown] = /^Unknown option '--([^']+)'/.exec(said) ?? [];
    if (unknown === undefined) throw new UsageError(said);
    const near = nearestName(unknown, Object.keys(options));
    throw new UsageError(`There is no --${unknown}.${near === null ? '' : ` Did you mean --${near}?`}`);
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

const limitsMax: Readonly<Record<Command, number>> = {
  queues: 1,
  messages: 1_000_000,
  groups: 500,
  lag: 1_000_000,
  alerts: 1,
  export: 1,
  replay: 1,
  discard: 1,
  restore: 1,
  replays: 1_000_000,
  'move-all': 1,
};

function readLimit(text: string | null, command: Command): number {
  const max = limitsMax[command];
  const limit = Number(text ?? Math.min(100, max));
  if (!Number.isInteger(limit) || limit < 1 || limit > max)
    throw new UsageError(`--limit takes a number from 1 to ${max.toLocaleString('en')}.`);
  return limit;
}

/** The value of a flag that takes one of a few words. Throws UsageError. */
export function oneOf<Word extends string>(asked: Arguments, flag: string, words: readonly [Word, ...Word[]]): Word {
  const text = asked.flag(flag) ?? words[0];
  const word = words.find((each) => each === text);
  if (word === undefined) throw noSuchWord(flag, text, words);
  return word;
}
