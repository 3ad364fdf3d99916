import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';

/** What came back again and again is not sent once more, unless the operator says so. */
export function noteQuarantined(
  letter: Pick<DeadLetter, 'id' | 'returns'>,
  { quarantined, action }: Pick<ReplayOptions, 'quarantined' | 'action'>,
  quarantineAfter: number,
  notes: PlanNotes,
): void {
  if (action !== 'replay' || letter.returns < quarantineAfter) return;
  const after = `${quarantineAfter} or more ${quarantineAfter === 1 ? 'return' : 'returns'}`;
  if (quarantined === 'send')
    notes.warn('quarantined', `are in quarantine after ${after}, and go all the same`, letter.id);
  else notes.refuse('quarantined', `are in quarantine after ${after}: look at the cause first`, letter.id);
}
