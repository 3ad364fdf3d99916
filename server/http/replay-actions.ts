import type { z } from 'zod';
import type { confirmBody, planBody, ReplayView } from '#lib/api/replays.ts';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import { accountLine, replayName } from '#lib/domain/replay-line.ts';
import {
  type ReplayAction,
  type ReplayOptions,
  type ReplayState,
  type Selection,
  usualOptions,
} from '#lib/domain/replay.ts';
import { everything } from '#lib/filter/filter.ts';
import { serialise } from '#lib/filter/serialise.ts';
import { commandStates, refusalOfCommand, type ReplayCommand } from '#lib/replay/commands.ts';
import type { Caller } from '#server/http/caller.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { processLog, type Runtime } from '#server/http/runtime.ts';
import { failed } from '#server/log/log.ts';
import { readFilter } from '#server/queries/messages.ts';
import { refuseStalePlan } from '#server/http/stale-plan.ts';
import type { AuditEntry } from '#server/store/store.ts';
import { toReplayView } from '#server/queries/to-view.ts';
import { withWholeGroups } from '#server/queries/whole-groups.ts';

/** A filter may meet a million messages. */
const planTimeoutsMs: Readonly<Record<Selection['kind'], number>> = { messages: 60_000, filter: 10 * 60_000 };

/** Has the engine say what would happen; nothing moves. */
export async function planReplay(
  runtime: Runtime,
  body: z.output<typeof planBody>,
  caller: Caller,
): Promise<ReplayView> {
  const options: ReplayOptions = {
    ...usualOptions,
    ...onlyGiven(body.options ?? {}),
    callerTrace: caller.trace ?? null,
  };
  const selection = await selectionOf(body, runtime);
  const answer = await askEngine(
    runtime,
    { kind: 'plan', selection, options },
    caller.actor,
    planTimeoutsMs[selection.kind],
  );
  if (answer.replayId === null) throw new AppError('internal', 'The engine answered without a plan.');
  return toReplayView(await runtime.store.ledger.getReplay(answer.replayId), runtime.masking);
}

/** What a caller left out is as usual, also where a parser made it `undefined`. */
function onlyGiven<Options extends object>(
  options: Options,
): { [Key in keyof Options]: Exclude<Options[Key], undefined> } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Key in keyof Options]: Exclude<Options[Key], undefined> };
}

export async function selectionOf(
  { messageIds, filter: text = '', ...body }: Omit<z.output<typeof planBody>, 'options'>,
  { store, clock, masking }: Runtime,
): Promise<Selection> {
  if (messageIds !== undefined) {
    const excluded = new Set(body.excluded);
    return { kind: 'messages', messageIds: [...new Set(messageIds)].filter((id) => !excluded.has(id)) };
  }
  const now = clock.now();
  const asOf = Math.min(body.asOf ?? now, now);
  const { filter, range } = readFilter({ filter: text, from: body.from, to: body.to }, asOf, masking);
  const limits = serialise(everything, { from: body.from ?? null, to: body.to ?? null });
  const words = [text.trim(), limits].filter((part) => part !== '').join(' ');
  const whole = await withWholeGroups(store, filter);
  return { kind: 'filter', filter: whole, range, asOf, excluded: body.excluded ?? [], text: words };
}

/** The operator has read the plan: it is sent as it stands, or not at all. */
export async function confirmReplay(
  runtime: Runtime,
  body: z.output<typeof confirmBody>,
  caller: Caller,
): Promise<ReplayView> {
  let notLooked = 0;
  const confirm = async () => {
    const planned = await runtime.store.ledger.getReplay(body.replayId);
    if (planned.state === 'planned' && planned.plan.willSend === 0) {
      throw new AppError(
        'conflict',
        'This plan sends nothing: every message in it is refused. See the reasons in the plan.',
      );
    }
    if (planned.state === 'planned' && planned.plan.dangerous && body.confirm !== planned.plan.willSend) {
      throw new AppError(
        'conflict',
        `${dangers[planned.options.action]} Nothing was done: read its warnings, then confirm it with "confirm": ${planned.plan.willSend}, the number of messages that it is about.`,
        { details: { willSend: planned.plan.willSend } },
      );
    }
    if (planned.state === 'planned') notLooked = await refuseStalePlan(runtime, planned, body.hash, caller);
    const at = runtime.clock.now();
    const confirmed = await runtime.store.ledger.confirmReplay(planned.id, body.hash, caller.actor, at);
    const about = `${confirmed.plan.willSend} of its ${confirmed.account.total} messages`;
    processLog().info(`${replayName(confirmed)} confirmed by ${caller.actor}: ${about}`, { replayId: planned.id });
    return toReplayView(confirmed, runtime.masking);
  };
  const as = await auditedAs(runtime, body.replayId, 'confirm');
  const extent = () => (notLooked > 0 ? `${notLooked} messages not looked at again` : null);
  return audited(runtime, caller, ...as, confirm, { extent });
}

const dangers: Readonly<Record<ReplayAction, string>> = {
  replay: 'This plan may send messages a second time.',
  discard: 'This plan discards messages: it takes them out of their queues.',
  restore: 'This plan may bring messages back a second time.',
};

/** `discard.confirm`, `replay.pause`…, and of which replay: by its id, however it was named. */
async function auditedAs(
  { store }: Runtime,
  idOrNumber: string,
  command: ReplayCommand | 'confirm',
): Promise<readonly [action: string, target: string]> {
  try {
    const { id, options } = await store.ledger.getReplay(idOrNumber);
    return [`${options.action}.${command}`, id];
  } catch {
    // What names none is refused, and audited, under the usual name.
    return [`replay.${command}`, idOrNumber];
  }
}

const stateAfter: Readonly<Record<ReplayCommand, ReplayState>> = {
  pause: 'paused',
  resume: 'queued',
  cancel: 'cancelled',
};

const doneWords: Readonly<Record<ReplayCommand, string>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
};

export async function commandReplay(
  runtime: Runtime,
  idOrNumber: string,
  command: ReplayCommand,
  caller: Caller,
): Promise<ReplayView> {
  const carryOut = async (audit: AuditEntry) => {
    const { ledger } = runtime.store;
    const { id } = await ledger.getReplay(idOrNumber);
    const change = { state: stateAfter[command], from: commandStates[command], at: runtime.clock.now(), audit };
    const done = await ledger.setReplayState(id, change).catch(async (error: unknown) => {
      const now = await ledger.getReplay(id);
      if (!(error instanceof AppError) || error.code !== 'conflict' || commandStates[command].includes(now.state))
        throw error;
      throw new AppError('conflict', refusalOfCommand(command, now), {
        details: { replay: now.number, state: now.state },
        cause: error,
      });
    });
    const line = `${replayName(done)} ${doneWords[command]} by ${caller.actor}: ${accountLine(done)}`;
    processLog().info(line, { replayId: id });
    return toReplayView(done, runtime.masking);
  };
  const as = await auditedAs(runtime, idOrNumber, command);
  return audited(runtime, caller, ...as, carryOut, { isWritten: true });
}

/** Every change that a person makes goes through here: who, what, on what, from where, and what became of it. */
export async function audited<Result>(
  runtime: Pick<Runtime, 'store' | 'clock'>,
  caller: Caller,
  action: string,
  target: string,
  work: (done: AuditEntry) => Promise<Result>,
  told: {
    readonly reason?: string;
    /** `work` writes the entry that it is given, together with the change: who reads the one finds the other. */
    readonly isWritten?: boolean;
    /** It may be broken off by a kill: that it was begun is written down first, and is not begun where that fails. */
    readonly isLong?: boolean;
    /** How much was done, or with what: `12 messages`. */
    extent?(): string | null;
  } = {},
): Promise<Result> {
  const reason = told.reason ?? null;
  const entry = { at: runtime.clock.now(), actor: caller.actor, action, target, reason, from: caller.from };
  // The change is made or refused by then: an entry that cannot be written must not tell the caller otherwise.
  const append = (outcome: string) => {
    const extent = told.extent?.() ?? null;
    const result = extent === null ? outcome : `${outcome}, ${extent}`;
    return runtime.store.ledger
      .appendAudit({ ...entry, result })
      .catch((error: unknown) => processLog().error(...failed(`audit of ${action}, ${outcome}`, error)));
  };
  if (told.isLong) await runtime.store.ledger.appendAudit({ ...entry, result: 'started' });
  let result: Result;
  try {
    result = await work({ ...entry, result: 'done' });
  } catch (error) {
    await append(toErrorRecord(error).code);
    throw error;
  }
  if (!told.isWritten) await append('done');
  return result;
}
