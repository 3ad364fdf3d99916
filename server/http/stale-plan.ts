import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { PlanChange, Replay } from '#lib/domain/replay.ts';
import type { Caller } from '#server/http/caller.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { maskReplay } from '#server/queries/mask-replay.ts';

/** A plan that lay around this long says nothing about now. */
const planAgeMaxMs = 15 * 60_000;
/** The engine looks for ten seconds at most. */
const answerWithinMs = 10_800;

/**
 * Throws `stale_plan` where what the operator has read is no longer what would happen, and says what has changed; `details.changes` are sentences. Answers how
 * many messages there was no time to look at.
 */
export async function refuseStalePlan(
  runtime: Runtime,
  planned: Replay,
  hash: string,
  caller: Caller,
): Promise<number> {
  const { changes, notLooked } = await askForChanges(runtime, planned, caller);
  const reasons = [
    ...(hash === planned.plan.hash ? [] : [`The hash ${hash.slice(0, 40)} is not that of this plan.`]),
    ...(runtime.clock.now() - planned.plan.asOf > planAgeMaxMs ? ['The plan is older than 15 minutes.'] : []),
    ...(changes.length > 0 ? ['Since this plan was made, something has changed.'] : []),
  ];
  if (reasons.length === 0) return notLooked;
  const sentences = changes.map(({ count, text }) => `${count.toLocaleString('en-US')} ${text}.`);
  if (notLooked > 0)
    sentences.push(
      `${notLooked.toLocaleString('en-US')} ${notLooked === 1 ? 'was' : 'were'} not looked at for want of time.`,
    );
  const counts = Object.fromEntries(
    changes.map(({ kind }) => [kind, changes.reduce((sum, each) => sum + (each.kind === kind ? each.count : 0), 0)]),
  );
  throw new AppError(
    'stale_plan',
    [...reasons, ...sentences, 'Plan again and look at what has changed; nothing was sent.'].join(' '),
    { details: { changes: sentences, ...counts } },
  );
}

async function askForChanges(
  runtime: Runtime,
  planned: Replay,
  caller: Caller,
): Promise<{ readonly changes: readonly PlanChange[]; readonly notLooked: number }> {
  try {
    const request = { kind: 'check-plan', replayId: planned.id } as const;
    const { changes = [], notLooked = 0 } = await askEngine(runtime, request, caller.actor, answerWithinMs);
    // A text names places as the plan does.
    const { masking } = runtime;
    return { changes: masking ? maskedChanges(planned, changes, masking) : changes, notLooked };
  } catch (error) {
    if (toErrorRecord(error).code !== 'timed_out') throw error;
    throw new AppError(
      'timed_out',
      'The engine has not said in time whether the plan still holds. Nothing was sent; confirm it again in a moment.',
    );
  }
}

function maskedChanges(
  planned: Replay,
  changes: readonly PlanChange[],
  masking: NonNullable<Runtime['masking']>,
): readonly PlanChange[] {
  // They are read as warnings of the plan, whose names it masks.
  const warnings = changes.map(({ count, text }) => ({ code: 'not-in-index' as const, count, text, messageIds: [] }));
  const masked = maskReplay({ ...planned, plan: { ...planned.plan, warnings } }, masking).plan.warnings;
  return changes.map((change, index) => ({ ...change, text: masked[index]?.text ?? change.text }));
}
