import { expect, test } from 'vitest';
import { noteQuarantined } from '#server/replay/note-quarantined.ts';
import { createPlanNotes } from '#server/replay/plan-notes.ts';

function notesFor(returns: number, quarantined: 'refuse' | 'send', action: 'replay' | 'discard' = 'replay') {
  const notes = createPlanNotes();
  noteQuarantined({ id: 'm', returns }, { quarantined, action }, 3, notes);
  notes.closePage();
  return { refused: notes.refusals().map((note) => note.code), warned: notes.warnings().map((note) => note.code) };
}

test('what came back too often is left out, unless the operator asks for it', () => {
  expect(notesFor(2, 'refuse')).toEqual({ refused: [], warned: [] });
  expect(notesFor(3, 'refuse')).toEqual({ refused: ['quarantined'], warned: [] });
  expect(notesFor(3, 'send')).toEqual({ refused: [], warned: ['quarantined'] });
});

test('it can be discarded like any other', () => {
  expect(notesFor(9, 'refuse', 'discard')).toEqual({ refused: [], warned: [] });
});
