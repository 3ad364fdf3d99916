import { describe, expect, test } from 'vitest';
import { arrangeQueues, sectionsOf, sortKeys } from '#components/overview/arrange-queues.ts';
import { changedFirst, lookedAt, quietWords } from '#components/overview/prepare-changed.ts';
import {
  depthLabel,
  type Connection,
  lastReplayLabel,
  noExpiryWhy,
  noLetterWords,
  noQueueWords,
  readerHealth,
  stillOpenLabel,
  summarise,
} from '#components/overview/prepare-overview.ts';
import { isUnread } from '#lib/domain/unread.ts';
import type { QueueRow } from '#lib/api/queues.ts';

function aQueue(name: string, change: Partial<QueueRow> = {}): QueueRow {
  return {
    id: `kafka/${name}`,
    connection: 'kafka',
    kind: 'kafka',
    name,
    foundBy: 'pattern',
    origins: [],
    capabilities: { browse: 'log', remove: false, order: 'partition', costs: [], description: '1 partition' },
    depth: { count: 1, exact: true },
    heldByOthers: 0,
    retention: { kind: 'untold' },
    expiresNext: null,
    reader: { kind: 'live' },
    knownBackTo: null,
    syncedAt: null,
    open: 1,
    stillOpen: { count: 1, exact: true },
    indexed: 1,
    byState: {},
    newInDay: 0,
    hourly: [],
    oldestAt: null,
    newestAt: null,
    topGroup: null,
    topError: null,
    lastReplay: null,
    ...change,
  };
}

describe('the overview', () => {
  test('a depth that is not exact says so, and one that nobody knows is not a number', () => {
    expect(depthLabel({ count: 1_204, exact: true })).toBe('1,204');
    expect(depthLabel({ count: 640, exact: false })).toBe('about 640');
    expect(depthLabel(null)).toBe('?');
  });

  test('a queue whose depth nobody knows makes the sum of all the least that there is', () => {
    const depthOf = (...depths: readonly QueueRow['depth'][]) =>
      summarise({
        asOf: 0,
        connections: [],
        queues: depths.map((depth, index) => aQueue(`q${index}`, { depth })),
      }).depth;
    expect(depthOf({ count: 3, exact: true }, { count: 4, exact: true })).toBe('7');
    expect(depthOf({ count: 3, exact: true }, null)).toBe('at least 3');
    expect(depthOf({ count: 3, exact: false }, null)).toBe('at least about 3');
    expect(depthOf(null)).toBe('?');
  });

  test('what nobody could look at is not said to be nothing', () => {
    const connection = { name: 'kafka', kind: 'kafka', address: 'a:1', checkedAt: 1 } as const;
    const live = { ...connection, health: { kind: 'live', product: 'Kafka', version: null, notes: [] } } as const;
    const error = { code: 'unreachable', message: 'gone', details: {} } as const;
    const failing = { ...connection, name: 'dead', health: { kind: 'failing', since: 1, error } } as const;
    const words = (connections: readonly Connection[], queues: readonly QueueRow[] = []) => {
      const { depth, newInDay, troubled } = summarise({ asOf: 0, connections: [...connections], queues: [...queues] });
      return [depth, newInDay, troubled];
    };
    expect(words([live])).toEqual(['0', '0', '0']);
    expect(words([])).toEqual(['?', '?', '?']);
    expect(words([failing])).toEqual(['?', '?', '?']);
    expect(words([live, failing], [aQueue('a', { newInDay: 2 })])).toEqual(['at least 1', 'at least 2', '?']);
    expect(noLetterWords([live]).title).toBe('No dead letters');
    expect(noLetterWords([live, failing])).toEqual({
      title: 'No dead letter is known',
      text: expect.stringContaining('dead cannot be read'),
    });
    expect(noQueueWords([failing])).toContain('no connection answers');
    expect(noQueueWords([live, failing])).toContain('was found yet');
    expect(quietWords({ reading: [], searchedTo: null }, 'some')).toContain('not every connection answers');
    const starting = { ...connection, health: { kind: 'starting', step: 'Starting Kafka' } } as const;
    const looked = (connections: readonly Connection[], queues: readonly QueueRow[] = []) =>
      lookedAt({ connections: [...connections], queues: [...queues] });
    expect([looked([]), looked([starting]), looked([failing])]).toEqual(['none', 'none', 'none']);
    expect([looked([live, failing]), looked([failing], [aQueue('a')])]).toEqual(['some', 'some']);
    expect([looked([live]), looked([live], [aQueue('a')])]).toEqual(['all', 'all']);
    expect(quietWords({ reading: [], searchedTo: null }, 'none')).toBe('Nobody has looked yet.');
  });

  test('a queue that was never read is not called quiet, nor counted as if nothing were new in it', () => {
    const newIn = (...queues: readonly QueueRow[]) => summarise({ asOf: 0, connections: [], queues }).newInDay;
    const unread = aQueue('a', { reader: { kind: 'waiting' }, indexed: 0, newInDay: null });
    const read = aQueue('b', { syncedAt: 1, indexed: 0, newInDay: 2 });
    expect(isUnread(unread)).toBe(true);
    expect(isUnread(read)).toBe(false);
    // What a first read that still goes on has found is there to be seen.
    expect(isUnread({ ...unread, indexed: 3 })).toBe(false);
    expect(newIn(read, unread)).toBe('at least 2');
    expect(newIn(read)).toBe('2');
  });

  test('how many are still open is said as far as it is known', () => {
    const label = (count: number, exact: boolean, reader: QueueRow['reader'] = { kind: 'live' }) =>
      stillOpenLabel({ count, exact }, reader);
    expect(label(1_204, true)).toBe('1,204 open');
    expect(label(1_204, false)).toBe('at most 1,204 open');
    expect(label(0, false)).toBe('0 open');
    const reader = { kind: 'partial', seen: 5, of: 23, reason: 'A FIFO queue shows only the first.' } as const;
    expect(label(5, true, reader)).toBe('at least 5 open');
    expect(label(5, false, reader)).toBe('about 5 open');
  });

  test('every order puts every queue somewhere, in the same place each time', () => {
    const queues = [
      aQueue('b', { oldestAt: 5, newInDay: 2 }),
      aQueue('a', { depth: null }),
      aQueue('c', { oldestAt: 9, depth: { count: 7, exact: false } }),
    ];
    for (const sort of sortKeys) {
      for (const descending of [true, false]) {
        const once = arrangeQueues(queues, '', sort, descending).map((queue) => queue.name);
        expect(arrangeQueues(queues.toReversed(), '', sort, descending).map((queue) => queue.name)).toEqual(once);
        expect(once.toSorted()).toEqual(['a', 'b', 'c']);
      }
    }
    expect(arrangeQueues(queues, '', 'oldest', true).map((queue) => queue.name)).toEqual(['b', 'c', 'a']);
    expect(arrangeQueues(queues, '', 'queue', false).map((queue) => queue.name)).toEqual(['a', 'b', 'c']);
  });

  test('a refused reader says why, what to do, and whether one may insist', () => {
    const refusal = {
      code: 'delivery-limit',
      reason: 'The 21st read deletes everything.',
      remedy: 'Raise the limit.',
      canInsist: true,
    } as const;
    expect(readerHealth({ reader: { kind: 'refused', refusal }, knownBackTo: null }, 0)).toEqual({
      tone: 'attention',
      word: 'not read',
      why: 'The 21st read deletes everything. Raise the limit.',
      canInsist: true,
    });
    const syncing = { kind: 'syncing', read: 62, of: 100, exact: true } as const;
    expect(readerHealth({ reader: syncing, knownBackTo: null }, 0)).toMatchObject({ word: 'reading 62 %', why: null });
    expect(readerHealth({ reader: syncing, knownBackTo: 0 }, 7_200_000).why).toBe(
      'Known back to 2 h ago; older ones are still being read.',
    );
  });

  test('the last replay tells its worst news first', () => {
    const last = { id: 'r', number: 1, state: 'settled', sent: 5, total: 5, returned: 0, unknown: 0, failed: 0, at: 0 };
    expect(lastReplayLabel(last).word).toBe('5 not seen again');
    expect(lastReplayLabel({ ...last, returned: 2 }).word).toBe('2 of 5 returned');
    expect(lastReplayLabel({ ...last, returned: 2, unknown: 1 }).word).toBe('1 unknown');
  });

  test('what a column knows nothing of comes last, whichever way it is ordered', () => {
    const queues = [
      aQueue('unread', { oldestAt: null }),
      aQueue('young', { oldestAt: 9 }),
      aQueue('old', { oldestAt: 5 }),
    ];
    const names = (descending: boolean) => arrangeQueues(queues, '', 'oldest', descending).map((queue) => queue.name);
    expect(names(true)).toEqual(['old', 'young', 'unread']);
    expect(names(false)).toEqual(['young', 'old', 'unread']);
  });

  test('grouped by connection, one without queues is still there', () => {
    const queues = [aQueue('a')];
    const connections = ['kafka', 'sqs'].map((name) => ({
      name,
      kind: 'kafka' as const,
      address: '',
      health: { kind: 'live' as const, product: 'Kafka', version: null, notes: [] },
      checkedAt: null,
    }));
    expect(sectionsOf(queues, connections, true).map((section) => section.queues.length)).toEqual([1, 0]);
    expect(sectionsOf(queues, connections, false)).toEqual([{ connection: null, queues }]);
  });

  test('where nobody says when messages expire, it is said why', () => {
    const why = (change: Partial<QueueRow>) => noExpiryWhy(aQueue('a', { syncedAt: 1, ...change }));
    expect(why({ retention: { kind: 'untold' } })).toContain('Neither the broker nor the messages');
    expect(why({ retention: { kind: 'unlimited' } })).toContain('for ever');
    expect(why({ open: 0 })).toContain('Nothing is in it');
    expect(why({ syncedAt: null, indexed: 0 })).toContain('not been read yet');
  });

  test('what was thought solved stands above what is merely new', () => {
    const group = (fingerprint: string, state: 'new' | 'regressed' | 'escalating', count: number) => ({
      fingerprint,
      state,
      count,
      lastAt: 0,
      title: '',
      errorClass: null,
      errorMessage: null,
      reason: null,
      ignoredUntil: null,
      resolvedAt: null,
      regressedAt: null,
      owner: null,
      notes: 0,
      merged: 0,
      open: 1,
      firstAt: 0,
      queues: [],
      trend: [],
      besidesTitle: null,
    });
    const groups = [
      group('n', 'new', 9),
      group('e', 'escalating', 1),
      group('large', 'regressed', 3),
      group('r', 'regressed', 2),
    ];
    expect(changedFirst(groups).map(({ fingerprint }) => fingerprint)).toEqual(['large', 'r', 'e', 'n']);
    const twice = [...groups, ...groups.slice(0, 2)];
    expect(changedFirst(twice)).toHaveLength(groups.length);
  });

  test('that nothing changed is said only when everything was read', () => {
    const quiet = 'No problem is new, escalates or has come back.';
    expect(quietWords({ reading: [], searchedTo: null }, 'all')).toBe(quiet);
    expect(quietWords({ reading: ['kafka/a'], searchedTo: null }, 'all')).toBe(
      'No problem so far: 1 queue still being read.',
    );
    expect(quietWords({ reading: [], searchedTo: 5 }, 'all')).not.toBe(quiet);
  });
});
