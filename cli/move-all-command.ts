import { setTimeout as delay } from 'node:timers/promises';
import type { Arguments } from '#cli/arguments.ts';
import { askConsole, tellConsole } from '#cli/console-client.ts';
import { exitCodes, type ExitCode } from '#cli/exit-codes.ts';
import type { Output } from '#cli/output.ts';
import { amount, instant, jsonLine, printable } from '#cli/print.ts';
import { UsageError } from '#cli/usage-error.ts';
import { type MoveAllView, moveAllView } from '#lib/api/move-all.ts';

const againMs = 1_000;

/**
 * `move-all <queue>` says what the broker itself could do with all of a queue, and what it does. `--confirm` with the queue's name has it begin,
 * `--watch` follows it, `--cancel` stops it.
 */
export async function moveAll(asked: Arguments, output: Output): Promise<ExitCode> {
  const [queue, ...more] = asked.words;
  if (queue === undefined || more.length > 0)
    throw new UsageError('Say move-all and one queue, as queues lists them: move-all sqs/billing-dlq.');
  const path = `queues/${encodeURIComponent(queue)}/move-all`;
  const confirm = asked.flag('confirm');
  if (asked.has('cancel')) {
    if (confirm !== null || asked.has('watch'))
      throw new UsageError('move-all --cancel takes no --confirm and no --watch.');
    return say(await tellConsole(asked.url, moveAllView, `${path}/cancel`, {}), asked, output);
  }
  if (confirm === null && (asked.flag('to') ?? asked.flag('rate')) !== null)
    throw new UsageError(
      'move-all begins only with --confirm and the name of the queue: --to and --rate are for that.',
    );
  if (confirm === null && !asked.has('watch')) {
    const view = await askConsole(asked.url, moveAllView, path);
    if (view.facts.available && view.progress?.canCancel !== true)
      output.note('nothing was moved: --confirm with the name of the queue has the broker begin');
    return say(view, asked, output);
  }
  if (confirm !== null) {
    const ratePerSecond = readRate(asked.flag('rate'));
    const begun = await tellConsole(asked.url, moveAllView, path, { confirm, ratePerSecond, to: asked.flag('to') });
    if (!asked.has('watch')) return say(begun, asked, output);
  }
  return watch(asked, path, output);
}

function readRate(text: string | null): number | null {
  if (text === null) return null;
  const rate = Number(text);
  if (!Number.isInteger(rate) || rate < 1) throw new UsageError('--rate takes a whole number of messages a second.');
  return rate;
}

function say(view: MoveAllView, { json }: Arguments, output: Output): ExitCode {
  output.write(json ? jsonLine(view) : moveText(view));
  return exitCodes.done;
}

/** Until it is over. What one left running goes on without us. */
async function watch({ url, json }: Arguments, path: string, output: Output): Promise<ExitCode> {
  let said = '';
  for (;;) {
    const view = await askConsole(url, moveAllView, path);
    const { progress } = view;
    if (progress === null) {
      output.note('nothing moves this queue, and nothing is known of an earlier move');
      return exitCodes.nothing;
    }
    const line = json ? jsonLine(view) : progressText(progress);
    if (line !== said && json) output.write(line);
    else if (line !== said) output.progress(line);
    said = line;
    if (!progress.canCancel && progress.state !== 'cancelling') return endOf(progress);
    await delay(againMs);
  }
}

function endOf({ state, problem }: NonNullable<MoveAllView['progress']>): ExitCode {
  if (state === 'cancelled') return exitCodes.halted;
  return state === 'done' && problem === null ? exitCodes.done : exitCodes.notAllWell;
}

/** What could be done, where to, what that cannot do, and how far it is. */
export function moveText({ facts, progress }: MoveAllView): string {
  const far = progress === null ? [] : [progressText(progress)];
  if (!facts.available) return [...far, printable(facts.why ?? 'It cannot be moved.')].join('\n');
  const { means, about, destination, destinations, ratePerSecondMax, cannot } = facts;
  const many = about === null ? 'everything' : `about ${amount(about)}`;
  const chosen = destinations === null || destinations.length < 2 ? '' : `: one of ${destinations.join(', ')}`;
  const rate = ratePerSecondMax === null ? '' : `, at most ${amount(ratePerSecondMax)} a second`;
  return [
    ...far,
    printable(`${means}: ${many} to ${destination ?? `the queue that --to names${chosen}`}${rate}`),
    ...cannot.map((sentence) => `- ${sentence}`),
  ].join('\n');
}

/** `running: about 340 of 1,200 moved since 2026-11-23 01:25:21` */
function progressText({ state, moved, of, startedAt, problem }: NonNullable<MoveAllView['progress']>): string {
  const counts =
    moved === null ? '' : `: about ${amount(moved)}${of === null || of < moved ? '' : ` of ${amount(of)}`} moved`;
  const since = startedAt === null ? '' : `, begun ${instant(startedAt)} UTC`;
  return `${state}${counts}${since}${problem === null ? '' : `. ${printable(problem)}`}`;
}
