import { describe, expect, test } from 'vitest';
import { groupsLeftOut, groupWords, shownGroups } from '#components/message-table/prepare-facets.ts';
import type { GroupRow } from '#lib/api/groups.ts';

function aGroup(fingerprint: string): GroupRow {
  return {
    fingerprint,
    title: 'TimeoutError',
    errorClass: 'TimeoutError',
    errorMessage: null,
    reason: null,
    state: 'new',
    ignoredUntil: null,
    resolvedAt: null,
    regressedAt: null,
    owner: null,
    notes: 0,
    merged: 0,
    count: 1,
    open: 1,
    firstAt: 0,
    lastAt: 0,
    queues: [],
    trend: [],
    besidesTitle: null,
  };
}

describe('the list of error groups', () => {
  test('a group says its class once, and then what it says', () => {
    expect(groupWords({ title: 'TimeoutError: no answer from <host>', reason: null })).toEqual({
      head: 'TimeoutError',
      says: 'no answer from <host>',
    });
    expect(groupWords({ title: 'TimeoutError', reason: null }).says).toBeNull();
    expect(groupWords({ title: 'mailbox is full', reason: 'rejected' })).toEqual({
      head: 'rejected',
      says: 'mailbox is full',
    });
    expect(groupWords({ title: 'no error text, by shape', reason: null }).says).toBeNull();
  });

  test('smaller groups fold, but never a chosen one', () => {
    const groups = Array.from({ length: 12 }, (_, index) => aGroup(`g${index}`));
    const shown = (chosen: readonly string[], all: boolean) =>
      shownGroups(groups, chosen, all).map((group) => group.fingerprint);
    expect(shown([], false)).toHaveLength(8);
    expect(shown(['g10'], false)).toEqual(['g0', 'g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g7', 'g10']);
    expect(shown([], true)).toHaveLength(12);
  });

  test('what is left out is counted over all states', () => {
    expect(groupsLeftOut({ groups: [], byState: { new: 3, resolved: 2 } })).toBe(5);
    expect(groupsLeftOut({ groups: [], byState: {} })).toBe(0);
  });
});
