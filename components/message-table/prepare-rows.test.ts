import { describe, expect, test } from 'vitest';
import { idsBetween, withFresh } from '#components/message-table/prepare-rows.ts';
import { coverage, hiddenCount, toggled, withAll } from '#components/message-table/selection.ts';
import type { MessageRow } from '#lib/api/messages.ts';

function aRow(id: string, at: number, state: MessageRow['state'] = 'new'): MessageRow {
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
    key: null,
    eventType: null,
    eventId: null,
    correlationId: null,
    traceId: null,
    origin: { destination: null, label: null, failedIn: null, position: null },
    state,
    stateAt: at,
    lastReplayId: null,
    sizeBytes: 0,
    fingerprint: 'f1',
    preview: '',
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
