import { heldContentOf } from '#lib/conventions/held-content.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';

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
