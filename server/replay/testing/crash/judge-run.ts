import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import type { ErrorCode } from '#lib/domain/errors.ts';
import { stateAfterItem, type ItemState, type ReplayState } from '#lib/domain/replay.ts';

/** One run as everybody saw it once it had come to rest. Messages are known by their content, which several may share. */
export interface RunSeen {
  /** Whether what was sent is removed from the dead-letter queue; a log keeps it. */
  readonly removes: boolean;
  readonly put: readonly string[];
  readonly replayState: ReplayState;
  readonly items: readonly JudgedItem[];
  /** By a foreign consumer. */
  readonly arrived: readonly Arrived[];
  readonly deadLetters: readonly string[];
  /** So many items may be unknown at most: those of the batch that was under way, where the broker cannot prove it. */
  readonly unknownMax: number;
}

export interface JudgedItem {
  readonly id: string;
  readonly content: string;
  readonly state: ItemState;
  /** Why it was not sent, or is unknown. */
  readonly code: ErrorCode | null;
  /** The message's own state, as lists show it. */
  readonly letterState: DeadLetterState;
}

export interface Arrived {
  readonly content: string;
  /** Its `replay-item` header. */
  readonly itemId: string | null;
}

export interface Verdict {
  /** Neither at the destination nor in the dead-letter queue. */
  readonly lost: number;
  /** At the destination more than once, and no item says that this may be. */
  readonly silentDuplicates: number;
  /** Items that say that they may have been sent. */
  readonly unknown: number;
  /** Not sent, and the ledger says so. */
  readonly unsent: number;
  /** A sentence for each thing that the ledger says and that is not so. */
  readonly untrue: readonly string[];
}

/** What must not be there; pure. */
export function judgeRun(run: RunSeen): Verdict {
  const { items, arrived } = run;
  const timesArrived = (item: JudgedItem) => arrived.filter(({ itemId }) => itemId === item.id).length;
  const unknown = items.filter((item) => item.state === 'unknown').length;
  const untrue: string[] = [];

  for (const item of items) {
    const times = timesArrived(item);
    const says = `Item ${item.content} is ${item.state}`;
    if (isSent(item) && times === 0) untrue.push(`${says} and did not arrive.`);
    if (!isSent(item) && item.state !== 'unknown' && times > 0) untrue.push(`${says} and arrived.`);
    if (item.state === 'intended') untrue.push(`${says} though nothing is under way.`);
    if (item.state === 'sent') untrue.push(`${says} and was never removed or settled.`);
    if (item.state === 'planned' && run.replayState === 'settled') untrue.push(`${says} in a settled replay.`);
    const shown = stateAfterItem(item.state, 'replay');
    // Of messages that are equal to the byte nobody can tell which one is left.
    const isOne = run.put.filter((content) => content === item.content).length === 1;
    if (isOne && shown !== null && item.letterState !== shown)
      untrue.push(`${says} and its message says ${item.letterState}.`);
  }
  if (unknown > run.unknownMax) untrue.push(`${unknown} items are unknown, where ${run.unknownMax} may be.`);
  const known = new Set(items.map(({ id }) => id));
  for (const { itemId } of arrived)
    if (itemId === null || !known.has(itemId)) untrue.push('A message arrived that is no item of the replay.');

  let lost = 0;
  let silentDuplicates = 0;
  for (const content of new Set(run.put)) {
    const equal = items.filter((item) => item.content === content);
    const put = run.put.filter((each) => each === content).length;
    const there = run.deadLetters.filter((each) => each === content).length;
    const settled = equal.filter(isSent).filter((item) => timesArrived(item) > 0).length;
    lost += Math.max(0, put - there - settled);
    // Nobody else takes anything out of this queue, so all that was not removed is still there.
    const calledGone = equal.filter((item) => item.state === 'skipped' && item.code === 'not_found').length;
    if (calledGone > 0) untrue.push(`${calledGone} items are called gone: ${content}.`);
    const mayStay = run.removes ? put - equal.filter((item) => item.state === 'settled').length : put;
    if (there > mayStay)
      untrue.push(`${there - mayStay} items are settled and still in the dead-letter queue: ${content}.`);
    const open = run.removes ? equal.filter((item) => item.letterState === 'new').length : 0;
    if (open > there) untrue.push(`${open - there} messages are listed as new and no longer there: ${content}.`);
    if (there > put) untrue.push(`${there - put} more are in the dead-letter queue than were put there.`);
    silentDuplicates += duplicatesAmong(
      equal,
      put,
      timesArrived,
      arrived.filter((each) => each.content === content).length,
    );
  }
  const unsent = items.filter((item) => !isSent(item) && item.state !== 'unknown').length;
  return { lost, silentDuplicates, unknown, unsent, untrue };
}

function isSent({ state }: JudgedItem): boolean {
  return state === 'sent' || state === 'settled';
}

/** The same item twice, or more of this content than there were: by whatever item they came. */
function duplicatesAmong(
  equal: readonly JudgedItem[],
  put: number,
  timesArrived: (item: JudgedItem) => number,
  arrived: number,
): number {
  const ofItems = equal
    .filter((item) => item.state !== 'unknown')
    .reduce((sum, item) => sum + Math.max(0, timesArrived(item) - 1), 0);
  const told = equal.some((item) => item.state === 'unknown');
  return Math.max(ofItems, told ? 0 : arrived - put);
}
