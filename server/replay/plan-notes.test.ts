import { expect, test } from 'vitest';
import { createPlanNotes } from '#server/replay/plan-notes.ts';

test('notes count every message, name the first, and do not grow with the names that senders chose', () => {
  const notes = createPlanNotes();
  for (let page = 0; page < 10; page += 1) {
    for (let n = 0; n < 1_000; n += 1) {
      const id = `${page}-${n}`;
      notes.warn('no-receivers', `go to key-${id}, where no receiver is known`, id);
      notes.warn('read-cost', 'are taken from a queue', id);
      if (n % 10 === 0) notes.refuse('too-large', 'are too large', id);
      notes.refuse('state-gone', 'are gone', n % 10 === 0 ? id : 'another');
    }
    notes.closePage();
  }
  // What is refused is not warned of, and the first refusal counts.
  expect(notes.refusals().find((note) => note.code === 'too-large')).toMatchObject({ count: 1_000 });
  expect(notes.warnings().find((note) => note.code === 'read-cost')).toMatchObject({ count: 9_000 });
  const ofReceivers = notes.warnings().filter((note) => note.code === 'no-receivers');
  expect(ofReceivers.reduce((sum, note) => sum + note.count, 0)).toBe(9_000);
  expect(notes.warnings().length).toBeLessThanOrEqual(202);
  expect(Math.max(...notes.warnings().map((note) => note.messageIds.length))).toBe(200);
});
