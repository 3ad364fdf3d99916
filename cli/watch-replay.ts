import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { oneOf, type Arguments } from '#cli/arguments.ts';
import { streamConsole } from '#cli/console-client.ts';
import { exitCodes, type ExitCode } from '#cli/exit-codes.ts';
import type { Output } from '#cli/output.ts';
import { jsonLine } from '#cli/print.ts';
import { progressLine, type Progress } from '#cli/print-replay.ts';
import { readEvents } from '#cli/read-events.ts';
import { replay, replayProgress } from '#lib/api/replays.ts';
import { AppError, type ErrorCode } from '#lib/domain/errors.ts';
import type { ReplayAction } from '#lib/domain/replay.ts';

/** A console that is started anew is back within this; beyond it, following is given up. */
const patienceMs = 120_000;
const againMs = 1_000;

/** What may pass: the console is restarted, or something in between ends long answers. */
const passing: ReadonlySet<ErrorCode> = new Set(['unreachable', 'timed_out']);

/** Prints each change until the replay is over or stands still, over interruptions of the connection. Throws where the console stays away. */
export async function watchReplay(asked: Arguments, idOrNumber: string, output: Output): Promise<ExitCode> {
  const until = oneOf(asked, 'until', ['settled', 'sent']);
  let last: Watched | null = null;
  let said = '';
  let isAway = false;
  let lostAt: number | null = null;
  const onInterrupt = () => {
    output.note(leftRunning(last?.progress.number ?? null, idOrNumber));
    process.exit(exitCodes.interrupted);
  };
  process.once('SIGINT', onInterrupt);
  try {
    for (;;) {
      try {
        for await (const { event, data } of readEvents(streamConsole(asked.url, eventsOf(idOrNumber), {}))) {
          last = toWatched(event, data, last);
          if (last === null) continue;
          [isAway, lostAt] = [false, null];
          const line = asked.json ? jsonLine(data) : progressLine(last.progress, last.action);
          if (line !== said && asked.json) output.write(line);
          else if (line !== said) output.progress(line);
          said = line;
          const end = endOf(last, until);
          if (end === null) continue;
          for (const note of notesOf(last, end)) output.note(note);
          return end;
        }
      } catch (error) {
        if (!(error instanceof AppError) || !passing.has(error.code)) throw error;
        lostAt ??= Date.now();
        if (last === null || Date.now() - lostAt > patienceMs) throw error;
        if (!isAway) output.note('the console does not answer; asking again');
        isAway = true;
      }
      await delay(againMs);
    }
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

function eventsOf(idOrNumber: string): string {
  return `replays/${encodeURIComponent(idOrNumber)}/events`;
}

interface Watched {
  readonly progress: Progress;
  readonly action: ReplayAction;
  /** What the plan left out from the beginning. */
  readonly refused: number;
}

/** What the contract has; another version of the console may say something else. */
function inForm<Schema extends z.ZodType>(schema: Schema, data: unknown): z.output<Schema> {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  throw new AppError('internal', 'The console answered in a form that this version does not know.', {
    cause: read.error,
  });
}

/** The first event is the whole replay, the others what of it changes. */
function toWatched(event: string, data: unknown, before: Watched | null): Watched | null {
  if (event === 'replay') {
    const whole = inForm(replay, data);
    return { progress: whole, action: whole.options.action, refused: whole.plan.total - whole.plan.willSend };
  }
  return event === 'progress' && before !== null ? { ...before, progress: inForm(replayProgress, data) } : before;
}

/** `null` while there is more to wait for. */
function endOf({ progress, refused }: Watched, until: 'settled' | 'sent'): ExitCode | null {
  const { state, account } = progress;
  switch (state) {
    case 'planned':
    case 'queued':
    case 'sending':
      return null;
    case 'watching':
    case 'settled': {
      if (state === 'watching' && until === 'settled') return null;
      const bad = account.failed + account.unknown + account.returned + account.skipped - refused;
      return bad > 0 ? exitCodes.notAllWell : exitCodes.done;
    }
    case 'paused':
    case 'stopped':
    case 'cancelled':
      // What was under way is finished, and belongs in the account.
      return account.intended > 0 ? null : exitCodes.halted;
  }
}

function notesOf({ progress: { number, state } }: Watched, end: ExitCode): readonly string[] {
  if (state === 'paused' || state === 'stopped')
    return [`it stands still: replays resume ${number} goes on, replays cancel ${number} ends it`];
  if (end === exitCodes.notAllWell) return [`replays items ${number} says which, and why`];
  return [];
}

function leftRunning(number: number | null, idOrNumber: string): string {
  const name = number ?? idOrNumber;
  return `\nit goes on without us: replays watch ${name} follows it again, replays cancel ${name} ends it`;
}
