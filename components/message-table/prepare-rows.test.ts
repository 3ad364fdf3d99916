import { describe, expect, test } from 'vitest';
import { idsBetween, stateMark, tieMarks, withFresh } from '#components/message-table/prepare-rows.ts';
import { coverage, hiddenCount, toggled, withAll } from '#components/message-table/selection.ts';
import type { ListedMessage } from '#lib/api/messages.ts';

function aRow(id: string, at: number, state: ListedMessage['state'] = 'new'): ListedMessage {
  return {
    id,
    queueId: 'kafka/a.dlq',
    kind: 'kafka',
    identity: `0:${at}`,
    at,
    atIs: 'said',
    originalAt: null,
    errorClass: null,
    errorMessage: null,
    reason: null,
    attempts: null,
    returns: 0,
    quarantined: false,
    key: null,
    eventType: null,
    eventId: null,
    correlationId: null,
    causationId: null,
    keptFrom: null,
    endsAt: null,
    expires: null,
    traceId: null,
    origin: { destination: null, label: null, failedIn: null, position: null },
    state,
    stateAt: at,
    lastReplayId: null,
    sizeBytes: 0,
    fingerprint: 'f1',
    preview: '',
    cameBackAs: null,
    returnOf: null,
  };
}

describe('a table under which the index changes', () => {
  const shown = [aRow('c', 3), aRow('b', 2), aRow('a', 1)];

  test('rows keep their places and take new states; new ones are announced', () => {
    const view = withFresh(
      shown,
      [aRow('e', 5), aRow('d', 4), aRow('c', 3, 'replayed'), aRow('b', 2), aRow('a', 1)],
      100,
      true,
      'newest',
    );
    expect(view.rows.map((row) => [row.id, row.state])).toEqual([
      ['c', 'replayed'],
      ['b', 'new'],
      ['a', 'new'],
    ]);
    expect(view.announcement).toBe('2 new');
  });

  test('a row that no longer matches stays until the reader asks', () => {
    expect(withFresh(shown, [aRow('c', 3)], 100, true, 'newest').rows).toHaveLength(3);
  });

  test('what lies beyond the last loaded row is the next page, not news', () => {
    expect(withFresh(shown, [...shown, aRow('z', 0)], 100, false, 'newest').announcement).toBeNull();
  });

  test('by expiry, what goes later or is kept is the next page, and what goes sooner is news', () => {
    const expiring = (id: string, expiresAt: number): ListedMessage => ({
      ...aRow(id, 7),
      expires: { at: expiresAt, bound: 'exact' },
    });
    const some = [expiring('p', 10), expiring('q', 20)];
    const announced = (row: ListedMessage) => withFresh(some, [...some, row], 100, false, 'expiring').announcement;
    expect(announced(expiring('sooner', 15))).toBe('1 new');
    expect(announced(expiring('later', 25))).toBeNull();
    expect(announced(aRow('kept', 1))).toBeNull();
    expect(withFresh([...some, aRow('r', 5)], [aRow('kept', 1)], 100, false, 'expiring').announcement).toBe('1 new');
  });

  test('more than one reading can hold is "at least"', () => {
    const fresh = Array.from({ length: 100 }, (_, index) => aRow(`n${index}`, 1_000 - index));
    expect(withFresh(shown, fresh, 100, true, 'newest').announcement).toBe('100+ new');
  });

  test('a range holds both its ends, whichever way it was drawn', () => {
    expect(idsBetween(shown, 'a', 'c')).toEqual(['c', 'b', 'a']);
    expect(idsBetween(shown, null, 'b')).toEqual(['b']);
  });

  test('the selection holds on to what the table no longer shows', () => {
    const selection = toggled(withAll(new Set(), ['a', 'x', 'y']), 'x');
    expect(hiddenCount(selection, shown)).toBe(1);
    expect(coverage(selection, shown)).toBe('some');
  });
});

describe('what a replay sent', () => {
  const tie = { messageId: 'm', replayId: 'r', replayNumber: 12 };

  test('names what it came back as, and what it was', () => {
    expect(tieMarks(aRow('a', 1))).toEqual([]);
    expect(tieMarks({ cameBackAs: tie, returnOf: null })).toMatchObject([{ words: 'came back', ...tie }]);
    expect(
      tieMarks({ cameBackAs: tie, returnOf: { ...tie, replayNumber: 11 } }).map((mark) => mark.replayNumber),
    ).toEqual([12, 11]);
  });

  test('that came back does not look as if it stayed gone', () => {
    const sent = aRow('a', 1, 'replayed');
    expect(stateMark(sent)).toMatchObject({ tone: 'motion', meaning: 'Sent back, not seen again so far' });
    expect(stateMark({ ...sent, cameBackAs: tie })).toMatchObject({
      tone: 'attention',
      meaning: 'Sent back, and came back',
    });
    expect(stateMark({ ...sent, state: 'gone', cameBackAs: tie }).tone).toBe('plain');
  });

  test('and that came back too often is marked, unless nobody can replay it any more', () => {
    const often = { ...aRow('a', 1, 'returned'), returns: 3, quarantined: true };
    expect(stateMark(often)).toMatchObject({ tone: 'attention', word: 'quarantined' });
    expect(stateMark(often).meaning).toMatch(/3 times.*returned/);
    expect(stateMark({ ...often, state: 'gone' }).word).toBe('gone');
  });
});
