import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import type { z } from 'zod';
import type { Arguments } from '#cli/arguments.ts';
import { mistakeText } from '#cli/plan-mistake.ts';
import { replayFlags, type ReplayFlag } from '#cli/replay-flags.ts';
import { UsageError } from '#cli/usage-error.ts';
import { discardBody, restoreBody } from '#lib/api/discards.ts';
import { planBody } from '#lib/api/replays.ts';
import type { ReplayAction } from '#lib/domain/replay.ts';

type Options = NonNullable<z.input<typeof planBody>['options']>;

/** Where each plan is asked for, and what is said there. */
const plans = {
  replay: { path: 'replays/plan', contract: planBody },
  discard: { path: 'discards', contract: discardBody },
  restore: { path: 'restores', contract: restoreBody },
} as const satisfies Readonly<Record<ReplayAction, unknown>>;

export interface PlanRequest {
  readonly path: string;
  readonly body: unknown;
}

/** What the console is asked to plan. Reads the files that flags name. Throws UsageError. */
export async function planRequest(asked: Arguments, action: ReplayAction): Promise<PlanRequest> {
  const { path, contract } = plans[action];
  const excluded = asked.flag('except');
  const options = await givenOptions(asked);
  const body = {
    ...(await selection(asked, action)),
    ...(excluded !== null && { excluded: idsIn(excluded) }),
    ...(Object.keys(options).length > 0 && { options }),
  };
  const read = contract.safeParse(body);
  if (read.success) return { path, body };
  const [issue] = read.error.issues;
  if (!issue) throw new UsageError('The command is not right.');
  throw new UsageError(`${flagOf(issue.path)}${mistakeText(issue, body)}`);
}

async function selection(asked: Arguments, action: ReplayAction): Promise<Readonly<Record<string, unknown>>> {
  const discardId = asked.flag('discard');
  const from = asked.flag('ids-from');
  const ways = [asked.filter !== null, asked.has('all'), asked.flag('ids') !== null, from !== null, discardId !== null];
  if (ways.filter(Boolean).length !== 1) {
    const others = action === 'restore' ? '--discard, ' : '';
    throw new UsageError(`Say which messages by one of ${others}--filter, --all, --ids and --ids-from.`);
  }
  if (discardId !== null) return { discardId };
  if (asked.has('all')) return { filter: '' };
  // A variable of a script that is empty must not mean everything.
  if (asked.filter !== null && asked.filter.trim() === '')
    throw new UsageError('--filter is empty, which would be everything. Say --all where you mean that.');
  if (asked.filter !== null) return { filter: asked.filter };
  const messageIds = idsIn(from === null ? (asked.flag('ids') ?? '') : await contentOf('ids-from', from));
  if (messageIds.length === 0) throw new UsageError(`No ids were given, so there is nothing to ${action}.`);
  return { messageIds };
}

/** Ids between commas or line ends, or lines of JSON that have an `id`. */
export function idsIn(text: string): string[] {
  const ids = text.split('\n').flatMap((line) => (line.trim().startsWith('{') ? [idOf(line)] : line.split(',')));
  return [...new Set(ids.map((id) => id.trim()).filter((id) => id !== ''))];
}

function idOf(line: string): string {
  try {
    const row: unknown = JSON.parse(line);
    if (typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string') return row.id;
  } catch {
    // As below.
  }
  throw new UsageError('A line of the ids is JSON and has no "id": give lines of messages --json, or ids.');
}

async function givenOptions(asked: Arguments): Promise<Options> {
  let options: Options = {};
  for (const flag of replayFlags) {
    const text = asked.flag(flag.flag);
    if (text === null && !asked.has(flag.flag)) continue;
    options = { ...options, ...apply(flag, await textOf(flag, text ?? ''), options) };
  }
  return options;
}

function apply(flag: ReplayFlag, text: string, options: Options) {
  try {
    return flag.apply(text, options);
  } catch (error) {
    throw new UsageError(`--${flag.flag}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function textOf({ flag, takes }: ReplayFlag, text: string): string | Promise<string> {
  return takes === '<file>' ? contentOf(flag, text) : text;
}

async function contentOf(flag: string, file: string): Promise<string> {
  if (file === '-') return readAll(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UsageError(`--${flag}: the file ${file} cannot be read. "-" is standard input.`);
  }
}

/** `--rate: ` where the contract speaks of `options.ratePerSecond`. */
function flagOf([field, option, part]: readonly PropertyKey[]): string {
  if (field === 'options') {
    const flags = replayFlags.filter((each) => each.option === option);
    const flag = flags.find((each) => each.part === part) ?? flags[0];
    return flag ? `--${flag.flag}: ` : '';
  }
  const flags = new Map<PropertyKey | undefined, string>([
    ['messageIds', 'ids'],
    ['excluded', 'except'],
    ['filter', 'filter'],
    ['discardId', 'discard'],
  ]);
  const flag = flags.get(field);
  return flag === undefined ? '' : `--${flag}: `;
}
