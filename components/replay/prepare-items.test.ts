import { describe, expect, test } from 'vitest';
import {
  againFilter,
  againLabel,
  decisionWords,
  evidenceWords,
  itemChoices,
  itemFacts,
  itemNotes,
  itemPill,
  notedMessages,
} from '#components/replay/prepare-items.ts';
import { returnSigns } from '#lib/domain/item-return.ts';
import { itemStates } from '#lib/domain/replay.ts';
import { parse } from '#lib/filter/parse.ts';
import { anAccount } from '#lib/testing/an-account.ts';

const returned = { messageId: 'm', at: 50, sameError: true, by: 'headers', count: 1 } as const;
const options = { action: 'replay' } as const;
const watching = { state: 'watching', options } as const;
const plain = { state: 'settled', reason: null, returned: null, decision: null } as const;

describe('what became of an item', () => {
  test('is never called a success', () => {
    for (const state of itemStates) expect(itemPill({ state, returned: null }, watching).word).not.toMatch(/succe/i);
  });

  test('is to go, until the rest was cancelled: then it is not sent', () => {
    const planned = { state: 'planned', returned: null } as const;
    expect(itemPill(planned, { state: 'sending', options }).word).toBe('to go');
    expect(itemPill(planned, { state: 'cancelled', options }).word).toBe('cancelled, not sent');
    const labels = itemChoices({
      account: anAccount({ total: 3, planned: 2, skipped: 1 }),
      state: 'cancelled',
      options,
    });
    expect(labels.map(({ label }) => label)).toEqual(['all', 'not sent', 'cancelled, not sent']);
  });

  test('a return that is only likely says so, and an error that nobody compared is neither', () => {
    for (const by of returnSigns)
      expect(itemPill({ state: 'settled', returned: { ...returned, by } }, watching).word.startsWith('probably')).toBe(
        by === 'event-id' || by === 'content',
      );
    const { word } = itemPill({ state: 'settled', returned: { ...returned, sameError: null } }, watching);
    expect(word).toBe('returned, error not compared');
    expect(itemNotes({ ...plain, returned: { ...returned, by: 'content' } }, null).join(' ')).toMatch(/payload/);
  });

  test('a decision stands with who made it and why, and what contradicts it beside it', () => {
    const decision = { outcome: 'not-sent', by: 'ada', at: 1, reason: 'not in the log of the shop' } as const;
    expect(itemNotes({ ...plain, state: 'failed', decision }, null)).toEqual([
      'ada decided that it did not arrive: not in the log of the shop',
    ]);
    expect(itemNotes({ ...plain, decision, returned }, null)[1]).toMatch(/^Yet it had arrived/);
    expect(itemNotes({ ...plain, decision: { ...decision, outcome: 'sent' }, returned }, null)).toHaveLength(1);
  });

  test('a return after the end of the watch is said to be late', () => {
    expect(itemNotes({ ...plain, returned }, 60)).toEqual([]);
    expect(itemNotes({ ...plain, returned }, 40).join(' ')).toMatch(/after the replay had settled/);
    // That it is in its queue again is what a restore is for.
    expect(itemNotes({ ...plain, returned: { ...returned, count: 2 } }, 40, 'restore')).toEqual([]);
  });
});

test('the choices are those that there are, and add up to all', () => {
  const counts = { total: 10, planned: 1, intended: 1, sent: 2, settled: 2, skipped: 1, failed: 1, unknown: 2 };
  const account = anAccount({ ...counts, returned: 3, returnedDifferent: 1 });
  const [all, ...some] = itemChoices({ account, state: 'sending', options });
  expect(all?.count).toBe(10);
  expect(some.reduce((sum, choice) => sum + choice.count, 0)).toBe(10);
  expect(
    itemChoices({ account: { ...account, unknown: 0 }, state: 'sending', options }).map(({ outcome }) => outcome),
  ).not.toContain('unknown');
});

test('of a discard or a restore an item is called what became of it there', () => {
  const restore = { state: 'settled', options: { action: 'restore' } } as const;
  expect(itemPill({ state: 'settled', returned }, restore).word).toBe('restored');
  expect(itemPill({ state: 'skipped', returned: null }, { ...restore, options: { action: 'discard' } }).word).toBe(
    'not discarded',
  );
  const account = anAccount({ total: 3, settled: 1, skipped: 1, unknown: 1 });
  expect(itemChoices({ account, ...restore }).map(({ label }) => label)).toEqual(['all', 'unknown', 'not restored']);
  expect(decisionWords('restore', false).arrived).toBe('It is in the queue');
  expect(decisionWords('replay', true).absent).toBe('They did not arrive');
});

test('an item names its queue, key and error, and says where the index has nothing of it', () => {
  const message = { errorClass: 'Timeout', errorMessage: 'no answer', reason: null, key: 'o-7' };
  const item = { queueId: 'kafka/orders.dlq', message };
  expect(itemFacts(item)).toEqual(['orders.dlq', 'key o-7', 'Timeout: no answer']);
  expect(itemFacts({ ...item, message: { ...message, errorMessage: null, key: null } })).toEqual([
    'orders.dlq',
    'Timeout',
  ]);
  expect(itemFacts({ ...item, message: { errorClass: null, errorMessage: null, reason: null, key: null } })[1]).toBe(
    'no error told',
  );
  expect(itemFacts({ ...item, message: null })[1]).toMatch(/no longer/);
});

test('a message that a note names is told from another as far as its item is known', () => {
  const message = { errorClass: 'Timeout', errorMessage: null, reason: null, key: 'o-7' };
  const item = { messageId: 'a', identity: '0:41', queueId: 'kafka/orders.dlq', message };
  expect(notedMessages(['a', 'b'], [item])).toEqual([
    { messageId: 'a', name: '0:41', facts: 'key o-7 · Timeout' },
    { messageId: 'b', name: 'b', facts: '' },
  ]);
});

test('who decides is told whether the destination can be searched', () => {
  expect(evidenceWords({ destinationLabel: 'orders', searchedFrom: '0:41' })).toContain('0:41');
  expect(evidenceWords({ destinationLabel: 'orders', searchedFrom: null })).toMatch(/does not tell/);
});

test('what is planned again is a filter of the language', () => {
  expect([againLabel(1, 'failed'), againLabel(1_200, 'returned')]).toEqual([
    'Replay the one that failed',
    'Replay the 1,200 that returned',
  ]);
  for (const which of ['returned', 'failed'] as const)
    expect(parse(againFilter(12, which), { now: 0 })).toMatchObject({
      filter: {
        kind: 'and',
        terms: [
          { kind: 'equals', field: 'replay', value: '12' },
          { kind: 'state', state: which },
        ],
      },
    });
});
