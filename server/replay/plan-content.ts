import { heldContentOf } from '#lib/conventions/held-content.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Selection } from '#lib/domain/replay.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { Store } from '#server/store/store.ts';

/** A replay sends the body as it is: half a message is never put back, and whoever sends a wrapper should know. */
export function noteContent(letter: DeadLetter, notes: PlanNotes): void {
  switch (heldContentOf(letter)) {
    case 'truncated':
      notes.refuse('truncated', 'hold a part of their message only: the rest was cut off when it failed', letter.id);
      break;
    case 'wrapped':
      notes.warn(
        'wrapped',
        'hold their message inside a wrapper with its error: the wrapper is sent, not the message alone',
        letter.id,
      );
      break;
    case null:
      break;
  }
}

/** A filter that leaves something out by payload also meets what nobody could look into: a replay sends it all the same, so whoever sends it should know. */
export async function noteDoubtful(
  store: Store,
  selection: Selection,
  letters: readonly DeadLetter[],
  notes: PlanNotes,
): Promise<void> {
  if (selection.kind !== 'filter') return;
  const ids = letters.map((letter) => letter.id);
  for (const messageId of await store.index.listDoubtful(selection.filter, ids)) {
    notes.warn(
      'not-looked-into',
      'hold a payload that nobody could look into to its end: what the filter leaves out may be in it',
      messageId,
    );
  }
}
