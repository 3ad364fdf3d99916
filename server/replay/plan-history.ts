import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { ReplayState } from '#lib/domain/replay.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { Store } from '#server/store/store.ts';

/** Replays in these states have a claim on their messages. */
const busyStates: ReadonlySet<ReplayState> = new Set(['queued', 'sending', 'paused']);

type EarlierItem = Awaited<ReturnType<Store['ledger']['listItemsOfMessages']>>[number];

/**
 * What earlier replays did with these messages, and what became of it. The ledger is the truth of what was sent; the index may be younger than it, or
 * have lost its last moments.
 */
export async function noteHistory(store: Store, letters: readonly DeadLetter[], notes: PlanNotes): Promise<void> {
  const earlier = await store.ledger.listItemsOfMessages(letters.map((letter) => letter.id));
  const byMessage = Map.groupBy(earlier, (item) => item.messageId);
  for (const letter of letters) noteOne(letter, byMessage.get(letter.id) ?? [], notes);
}

/** `items`: newest first. */
function noteOne(letter: DeadLetter, items: readonly EarlierItem[], notes: PlanNotes): void {
  const busy = items.find(
    ({ state, replayState }) => busyStates.has(replayState) && (state === 'planned' || state === 'intended'),
  );
  if (busy) notes.refuse('in-another-replay', `are in replay ${busy.replayNumber} already`, letter.id);

  const replays = items.filter(({ action }) => action === 'replay');
  const isOpen = replays.some(({ state }) => state === 'intended' || state === 'unknown') || letter.state === 'unknown';
  if (isOpen) notes.warn('outcome-unknown', perhapsSent, letter.id);

  // It came back as another dead letter, or is itself what came back.
  const sends = replays.filter(({ state, returned }) => state === 'sent' || state === 'settled' || returned !== null);
  const [last] = sends;
  const before = letter.replay?.count ?? 0;
  const times = before + sends.length;
  if (last?.returned) {
    const error = last.returned.sameError ? 'with the same error' : 'with another error';
    notes.warn('is-a-return', `were replayed ${timesOf(times)} before and came back ${error}`, letter.id);
  } else if (last || (letter.state === 'replayed' && !isOpen)) {
    notes.warn('replayed-before', `were replayed ${timesOf(times)} before and have not been seen again`, letter.id);
  } else if (before > 0 || letter.state === 'returned') {
    notes.warn('is-a-return', `were replayed ${timesOf(times)} before and came back`, letter.id);
  }
}

function timesOf(count: number): string {
  return count <= 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

const perhapsSent = 'may have been sent by an earlier replay whose outcome is unknown: they could arrive twice';
