import type { z } from 'zod';
import type { Arguments } from '#cli/arguments.ts';
import { askConsole, tellConsole } from '#cli/console-client.ts';
import { exitCodes, type ExitCode } from '#cli/exit-codes.ts';
import type { Output } from '#cli/output.ts';
import { noSuchWord } from '#cli/no-such-word.ts';
import { instant, jsonLine, table } from '#cli/print.ts';
import { itemColumns, itemRow, progressLine, replayColumns } from '#cli/print-replay.ts';
import { replayText } from '#cli/print-whole-replay.ts';
import { confirmPlan } from '#cli/replay-command.ts';
import { UsageError } from '#cli/usage-error.ts';
import { watchReplay } from '#cli/watch-replay.ts';
import { itemStates } from '#lib/domain/replay.ts';
import { itemsResponse, replay, replaysResponse, type ReplayView } from '#lib/api/replays.ts';
import { didYouMean } from '#lib/words/did-you-mean.ts';

const verbs = ['show', 'watch', 'items', 'pause', 'resume', 'cancel', 'confirm'] as const;
type Verb = (typeof verbs)[number];

/** What each verb takes besides `--json`; without a verb it is the list. */
const taken: Readonly<Record<Verb | 'list', readonly string[]>> = {
  list: ['plans'],
  show: [],
  watch: ['until'],
  items: ['state', 'returned'],
  pause: [],
  resume: [],
  cancel: [],
  confirm: ['hash', 'confirm', 'watch', 'until'],
};

/** `replays`, and `replays <verb> <number>`. */
export async function manageReplays(asked: Arguments, output: Output): Promise<ExitCode> {
  const [name, id, ...more] = asked.words;
  const verb = verbs.find((each) => each === name);
  if (name !== undefined && (!verb || id === undefined || more.length > 0))
    throw new UsageError(
      `Say replays, or replays ${verbs.join('|')} and one number: "${asked.words.join(' ')}" is neither.${verb ? '' : didYouMean(name, verbs)}`,
    );
  refuseOthers(asked, verb ?? 'list');
  if (verb === undefined || id === undefined) return listReplays(asked, output);
  switch (verb) {
    case 'show': {
      const shown = await askConsole(asked.url, replay, pathOf(id));
      output.write(asked.json ? jsonLine(shown) : replayText(shown, output.width, Date.now()));
      return exitCodes.done;
    }
    case 'watch':
      return watchReplay(asked, id, output);
    case 'items':
      return listItems(asked, id, output);
    case 'pause':
    case 'resume':
    case 'cancel': {
      const changed = await tellConsole(asked.url, replay, `${pathOf(id)}/${verb}`, {});
      output.write(asked.json ? jsonLine(changed) : progressLine(changed, changed.options.action));
      return exitCodes.done;
    }
    case 'confirm':
      return confirmPlan(asked, id, output);
  }
}

function refuseOthers(asked: Arguments, verb: Verb | 'list'): void {
  for (const flag of new Set(Object.values(taken).flat())) {
    if (taken[verb].includes(flag) || (asked.flag(flag) === null && !asked.has(flag))) continue;
    const others = [...verbs, 'list' as const].filter((other) => taken[other].includes(flag));
    throw new UsageError(`replays ${verb} takes no --${flag}: that is for ${others.join(' and ')}.`);
  }
}

function pathOf(idOrNumber: string): string {
  return `replays/${encodeURIComponent(idOrNumber)}`;
}

const pageMax = 200;

async function listReplays(asked: Arguments, output: Output): Promise<ExitCode> {
  const plans = asked.has('plans') ? 'true' : null;
  let left = asked.limit;
  let before: number | null = null;
  for (;;) {
    const limit: number = Math.min(left, pageMax);
    const { replays }: z.output<typeof replaysResponse> = await askConsole(asked.url, replaysResponse, 'replays', {
      limit,
      before,
      plans,
    });
    writePage(asked, output, {
      rows: replays.map(replayRow),
      values: replays,
      names: replayColumns,
      isFirst: before === null,
    });
    left -= replays.length;
    before = replays.at(-1)?.number ?? null;
    if (replays.length < limit || left <= 0 || before === null) return exitCodes.done;
  }
}

async function listItems(asked: Arguments, id: string, output: Output): Promise<ExitCode> {
  const returned = asked.has('returned') ? 'true' : null;
  const state = asked.flag('state');
  if (state !== null && !itemStates.some((each) => each === state))
    throw noSuchWord('state', state, itemStates, ' Of a cancelled replay, planned is what was not done.');
  const whole = await askConsole(asked.url, replay, pathOf(id));
  let left = asked.limit;
  let cursor: string | null = null;
  for (;;) {
    const params = { limit: Math.min(left, pageMax), cursor, state, returned };
    const page: z.output<typeof itemsResponse> = await askConsole(
      asked.url,
      itemsResponse,
      `${pathOf(id)}/items`,
      params,
    );
    const rows = page.items.map((item) => itemRow(item, whole));
    writePage(asked, output, { rows, values: page.items, names: itemColumns, isFirst: cursor === null });
    left -= page.items.length;
    cursor = page.nextCursor;
    if (cursor === null || left <= 0) return exitCodes.done;
  }
}

interface Page {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The same as the HTTP interface has it. */
  readonly values: readonly unknown[];
  readonly isFirst: boolean;
}

function writePage({ json }: Arguments, output: Output, { names, rows, values, isFirst }: Page): void {
  if (json) {
    if (values.length > 0) output.write(values.map(jsonLine).join('\n'));
  } else if (isFirst || rows.length > 0)
    output.write(table(names, rows, { width: output.width, isHeadless: !isFirst }));
}

function replayRow({ number, state, createdAt, account, sentence }: ReplayView): string[] {
  const { sent, settled, total, failed, unknown, returned } = account;
  const counts = [sent + settled, total, failed, unknown, returned].map(String);
  return [String(number), state, instant(createdAt), ...counts, sentence];
}
