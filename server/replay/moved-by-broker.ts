import { splitQueueId } from '#lib/domain/queue.ts';
import type { PlanChange, Replay } from '#lib/domain/replay.ts';
import { eachAtOnce } from '#server/replay/each-at-once.ts';
import { furtherLines } from '#server/replay/plan-notes.ts';
import type { ReplayQueues } from '#server/replay/replay-queues.ts';

const askedAtOnce = 8;
const pageSize = 1_000;

/** Whether the broker itself moves the whole queue now. One that cannot be asked, or cannot tell of its moves, is no reason against a plan. */
export async function isMovedByBroker(
  driverOf: ReplayQueues['driverOf'],
  { connection, name }: { readonly connection: string; readonly name: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const progress = await driverOf(connection).moveAll.progress(name, signal);
    return progress !== null && (progress.canCancel || progress.state === 'cancelling');
  } catch {
    return false;
  }
}

/** By its id: queues of two connections may have one name, and what a plan has said of one it has not said of the other. */
export function movedText(queueId: string, isOne = false): string {
  const [are, gone] = isOne
    ? ['is', 'it may be gone when it is its turn']
    : ['are', 'they may be gone when it is their turn'];
  return `${are} in ${queueId}, which the broker itself moves as a whole at the moment: ${gone}`;
}

export function movedBackText(queueId: string, isOne = false): string {
  const [go, them] = isOne ? ['goes', 'it'] : ['go', 'them'];
  return `${go} back to ${queueId}, which the broker itself moves as a whole at the moment: it may move ${them}, too`;
}

/** Moves that run now and that the plan does not warn of, because they began since; of queues that were asked, and answered, before `late`. */
export async function movesSincePlan(
  { store, driverOf }: ReplayQueues,
  { id, queueIds, plan, options, account }: Replay,
  late: AbortSignal,
  signal: AbortSignal,
): Promise<readonly PlanChange[]> {
  const asking = AbortSignal.any([signal, late]);
  const textOf = options.action === 'restore' ? movedBackText : movedText;
  const changes: PlanChange[] = [];
  await eachAtOnce(queueIds, askedAtOnce, async (queueId) => {
    const queue = splitQueueId(queueId);
    if (queue === null) return;
    const text = textOf(queueId);
    const isWarnedOf = plan.warnings.some(
      (warning) => warning.code === 'moved-by-broker' && (warning.text === text || warning.text === furtherLines),
    );
    if (isWarnedOf || late.aborted || !(await isMovedByBroker(driverOf, queue, asking))) return;
    const count = queueIds.length === 1 ? account.planned : await waitingOf(store, id, queueId);
    if (count > 0) changes.push({ kind: 'moved-by-broker', count, text: textOf(queueId, count === 1) });
  });
  return changes.toSorted((a, b) => b.count - a.count);
}

async function waitingOf(store: ReplayQueues['store'], replayId: string, queueId: string): Promise<number> {
  let count = 0;
  for (let after: number | null = null; ;) {
    const page: readonly { readonly ordinal: number }[] = await store.ledger.listItems(replayId, {
      states: ['planned'],
      queueId,
      after,
      limit: pageSize,
    });
    count += page.length;
    if (page.length < pageSize) return count;
    after = page.at(-1)?.ordinal ?? null;
  }
}
