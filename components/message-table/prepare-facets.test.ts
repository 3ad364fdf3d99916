import { describe, expect, test } from 'vitest';
import { groupsLeftOut, groupWords } from '#components/message-table/prepare-facets.ts';

describe('the list of error groups', () => {
  test('a group says its class once, and then what it says', () => {
    expect(
      groupWords({ title: 'TimeoutError: no answer from <host>', errorClass: 'TimeoutError', reason: null }),
    ).toEqual({ head: 'TimeoutError', says: 'no answer from <host>' });
    expect(groupWords({ title: 'TimeoutError', errorClass: 'TimeoutError', reason: null }).says).toBeNull();
    expect(groupWords({ title: 'mailbox full', errorClass: null, reason: 'rejected' })).toEqual({
      head: 'rejected',
      says: 'mailbox full',
    });
    expect(groupWords({ title: 'rejected', errorClass: null, reason: 'rejected' })).toEqual({
      head: 'rejected',
      says: null,
    });
  });

  test('what is left out is counted over all states', () => {
    expect(groupsLeftOut({ groups: [], byState: { new: 3, resolved: 2 } })).toBe(5);
    expect(groupsLeftOut({ groups: [], byState: {} })).toBe(0);
  });
});
