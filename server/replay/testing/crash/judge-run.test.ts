import { expect, test } from 'vitest';
import { judgeRun, type JudgedItem, type RunSeen } from '#server/replay/testing/crash/judge-run.ts';

const item = (id: string, state: JudgedItem['state'], letterState: JudgedItem['letterState'], content = id) => ({
  id,
  content,
  state,
  code: null,
  letterState,
});
const arrived = (id: string, content = id) => ({ content, itemId: id });

/** `a` was sent, `b` never was. */
function aRun(changes: Partial<RunSeen> = {}): RunSeen {
  return {
    removes: true,
    put: ['a', 'b'],
    replayState: 'settled',
    items: [item('a', 'settled', 'replayed'), item('b', 'failed', 'failed')],
    arrived: [arrived('a')],
    deadLetters: ['b'],
    unknownMax: 0,
    ...changes,
  };
}

test('a run whose every message is where its item says is fine', () => {
  expect(judgeRun(aRun())).toEqual({ lost: 0, silentDuplicates: 0, unknown: 0, unsent: 1, untrue: [] });
});

test('a message that is neither here nor there is lost', () => {
  expect(judgeRun(aRun({ deadLetters: [] }))).toMatchObject({ lost: 1, untrue: [] });
  expect(judgeRun(aRun({ arrived: [] }))).toMatchObject({
    lost: 1,
    untrue: ['Item a is settled and did not arrive.'],
  });
});

test('a message that arrived twice is a silent duplicate, unless its item says that nobody knows', () => {
  const twice = [arrived('a'), arrived('a')];
  expect(judgeRun(aRun({ arrived: twice })).silentDuplicates).toBe(1);
  const items = [item('a', 'unknown', 'unknown'), item('b', 'failed', 'failed')];
  const told = aRun({ arrived: twice, items, deadLetters: ['a', 'b'], unknownMax: 1 });
  expect(judgeRun(told)).toMatchObject({ silentDuplicates: 0, unknown: 1, untrue: [] });
});

test('a second replay that sends the same message again is a duplicate, too', () => {
  const items = [item('a', 'settled', 'replayed'), item('a2', 'settled', 'replayed', 'a')];
  const run = aRun({ put: ['a'], items, arrived: [arrived('a'), arrived('a2', 'a')], deadLetters: [] });
  expect(judgeRun(run).silentDuplicates).toBe(1);
});

test('of equal messages as many must be left as were not sent', () => {
  const items = [item('1', 'settled', 'replayed', 'x'), item('2', 'failed', 'failed', 'x')];
  const run = aRun({ put: ['x', 'x'], items, arrived: [arrived('1', 'x')], deadLetters: ['x'] });
  expect(judgeRun(run)).toMatchObject({ lost: 0, silentDuplicates: 0, untrue: [] });
  expect(judgeRun({ ...run, deadLetters: [] })).toMatchObject({ lost: 1 });
  // Which of the two is listed as what cannot be told, only how many are.
  const swapped = [item('1', 'settled', 'new', 'x'), item('2', 'failed', 'gone', 'x')];
  expect(judgeRun({ ...run, items: swapped }).untrue).toEqual([]);
  const both = [item('1', 'settled', 'new', 'x'), item('2', 'failed', 'new', 'x')];
  expect(judgeRun({ ...run, items: both }).untrue).toEqual(['1 messages are listed as new and no longer there: x.']);
  expect(judgeRun({ ...run, deadLetters: ['x', 'x'] }).untrue).toEqual([
    '1 items are settled and still in the dead-letter queue: x.',
  ]);
  // A log keeps them all.
  expect(judgeRun({ ...run, removes: false, deadLetters: ['x', 'x'] }).untrue).toEqual([]);
});

test('an unknown item that was removed from its queue counts as lost, also when it arrived: nobody wrote that down', () => {
  const items = [item('a', 'unknown', 'unknown'), item('b', 'failed', 'failed')];
  expect(judgeRun(aRun({ items, unknownMax: 1 }))).toMatchObject({ lost: 1 });
});

test('what nobody has taken is not called gone', () => {
  const gone = { ...item('b', 'skipped', 'gone'), code: 'not_found' as const };
  const run = aRun({ items: [item('a', 'settled', 'replayed'), gone] });
  expect(judgeRun(run).untrue).toEqual(['1 items are called gone: b.']);
});

test.each([
  ['what was not sent arrived', { arrived: [arrived('a'), arrived('b')] }, 'Item b is failed and arrived.'],
  ['more is unknown than may be', { items: [item('a', 'unknown', 'unknown')] }, '1 items are unknown, where 0 may be.'],
  [
    'something is left half-done',
    { items: [item('a', 'intended', 'unknown'), item('b', 'failed', 'failed')] },
    'Item a is intended though nothing is under way.',
  ],
  [
    'something settled without its turn',
    { items: [item('a', 'settled', 'replayed'), item('b', 'planned', 'new')] },
    'Item b is planned in a settled replay.',
  ],
  [
    'the list of messages says otherwise',
    { items: [item('a', 'settled', 'new'), item('b', 'failed', 'failed')] },
    'Item a is settled and its message says new.',
  ],
  [
    'something arrived without our marks',
    { arrived: [arrived('a'), { content: 'b', itemId: null }] },
    'A message arrived that is no item of the replay.',
  ],
])('it is untrue when %s', (_, changes, sentence) => {
  expect(judgeRun(aRun(changes)).untrue).toContain(sentence);
});
