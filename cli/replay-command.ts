import { oneOf, type Arguments } from '#cli/arguments.ts';
import { askConsole, tellConsole } from '#cli/console-client.ts';
import { exitCodes, type ExitCode } from '#cli/exit-codes.ts';
import type { Output } from '#cli/output.ts';
import { amount, jsonLine, printable } from '#cli/print.ts';
import { planText, progressLine } from '#cli/print-replay.ts';
import { planRequest, type PlanRequest } from '#cli/replay-request.ts';
import { UsageError } from '#cli/usage-error.ts';
import { watchReplay } from '#cli/watch-replay.ts';
import { replay, type ReplayView } from '#lib/api/replays.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { ReplayAction } from '#lib/domain/replay.ts';

/** Plans, prints the plan, and does what it says by its hash once it is confirmed. */
export async function planAndSend(asked: Arguments, action: ReplayAction, output: Output): Promise<ExitCode> {
  const confirmation = readConfirmation(asked);
  const planned = await plan(asked, await planRequest(asked, action), output);
  if (planned === null) return exitCodes.nothing;
  output.write(asked.json ? jsonLine(planned) : planText(planned, output.width));
  if (planned.plan.willSend === 0) {
    output.note('nothing would be done: every message stays where it is, for the reasons above');
    return exitCodes.nothing;
  }
  if (asked.has('dry-run')) {
    output.note(`nothing was done: replays confirm ${planned.number} --hash ${printable(planned.plan.hash)} does it`);
    return exitCodes.done;
  }
  return sendPlan(asked, planned, confirmation, output);
}

/** `replays confirm <number>`: a plan that was printed before, as it stands. */
export async function confirmPlan(asked: Arguments, idOrNumber: string, output: Output): Promise<ExitCode> {
  const confirmation = readConfirmation(asked);
  const hash = asked.flag('hash');
  if (hash === null)
    throw new UsageError('replays confirm takes the --hash that was printed with the plan: nothing else is sent.');
  const planned = await askConsole(asked.url, replay, `replays/${encodeURIComponent(idOrNumber)}`);
  if (planned.state !== 'planned')
    throw new AppError('conflict', `Replay ${planned.number} is no plan that waits: it is ${planned.state}.`);
  return sendPlan(asked, { ...planned, plan: { ...planned.plan, hash } }, { ...confirmation, yes: true }, output);
}

interface Confirmation {
  readonly yes: boolean;
  /** The number of messages that a dangerous plan asks for. */
  readonly count: number | null;
}

function readConfirmation(asked: Arguments): Confirmation {
  oneOf(asked, 'until', ['settled', 'sent']);
  const text = asked.flag('confirm');
  const count = text === null ? null : Number(text.replaceAll(',', ''));
  if (count !== null && !Number.isInteger(count))
    throw new UsageError('--confirm takes the number of messages that the plan is about.');
  return { yes: asked.has('yes'), count };
}

async function plan({ url }: Arguments, { path, body }: PlanRequest, output: Output): Promise<ReplayView | null> {
  try {
    return await tellConsole(url, replay, path, body);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not_found') throw error;
    output.note(printable(error.message));
    return null;
  }
}

async function sendPlan(
  asked: Arguments,
  planned: ReplayView,
  confirmation: Confirmation,
  output: Output,
): Promise<ExitCode> {
  const { willSend, hash, dangerous } = planned.plan;
  const confirm = await confirmed(planned, confirmation, output);
  if (confirm === null) return exitCodes.unconfirmed;
  const body = { replayId: planned.id, hash, ...(dangerous && { confirm }) };
  const queued = await tellConsole(asked.url, replay, 'replays', body);
  if (asked.json) output.write(jsonLine(queued));
  if (asked.has('watch') || asked.flag('until') !== null) return watchReplay(asked, queued.id, output);
  if (!asked.json) output.write(progressLine(queued, queued.options.action));
  output.note(`${amount(willSend)} to ${wordsOf(queued).verb}: replays watch ${queued.number} follows it`);
  return exitCodes.done;
}

/** The number to send as the confirmation; `null` where nobody gave one. */
async function confirmed(planned: ReplayView, { yes, count }: Confirmation, output: Output): Promise<number | null> {
  const { willSend, dangerous } = planned.plan;
  const { verb, danger } = wordsOf(planned);
  if (dangerous) {
    const question = `${danger}. To ${verb} them all the same, type how many they are (${willSend}): `;
    const typed = count ?? (output.ask && Number((await output.ask(question)).replaceAll(',', '')));
    if (typed === willSend) return willSend;
    output.note(`nothing was done: ${danger}, so --confirm ${willSend} is asked for, the number of messages`);
    return null;
  }
  if (count !== null && count !== willSend) {
    output.note(`nothing was done: --confirm says ${amount(count)}, and the plan is about ${amount(willSend)}`);
    return null;
  }
  if (yes || count === willSend) return willSend;
  const answer = output.ask && (await output.ask(`${capital(verb)} ${amount(willSend)}? [y/N] `));
  if (answer !== null && /^y(?:es)?$/i.test(answer)) return willSend;
  output.note(answer === null ? `nothing was done: add --yes to ${verb} them` : 'nothing was done');
  return null;
}

function wordsOf({ options: { action } }: ReplayView): { readonly verb: string; readonly danger: string } {
  const dangers: Readonly<Record<ReplayAction, string>> = {
    replay: 'some of them may arrive twice',
    discard: 'they leave their queue',
    restore: 'some of them may be restored twice',
  };
  return { verb: action === 'replay' ? 'send' : action, danger: dangers[action] };
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
