import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { brushEnds, brushOf, marksOf, movedBrush } from '#components/timeline/brush.ts';
import { spanWords, timeTicks } from '#components/timeline/prepare-axis.ts';
import { bucketAt, prepareTimeline, summariseSpan } from '#components/timeline/prepare-timeline.ts';
import { noColours, seriesColours, withColours } from '#components/timeline/series-colours.ts';
import type { TimelineResponse } from '#lib/api/timeline.ts';

const hour = 3_600_000;
const day = 24 * hour;

function aTimeline(series: readonly (readonly number[])[], other: readonly number[]): TimelineResponse {
  const sum = [...series, other].flat().reduce((all, each) => all + each, 0);
  return {
    asOf: 10 * hour,
    from: 0,
    to: other.length * hour,
    bucketMs: hour,
    series: series.map((counts, index) => ({ fingerprint: `f${index}`, title: `group ${index}`, counts: [...counts] })),
    other: { groups: 3, counts: [...other] },
    count: sum,
    outside: 0,
    searchedTo: null,
    reading: [],
    knownBackTo: null,
  };
}

describe('a timeline is drawn as it was counted', () => {
  test('the parts of a bar stand on each other without a gap, and make its height', () => {
    const counts = fc.array(fc.nat(100_000), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 8 }), counts, (series, other) => {
        for (const bucket of prepareTimeline(aTimeline(series, other), 80).buckets) {
          expect(bucket.segments.reduce((sum, segment) => sum + segment.count, 0)).toBe(bucket.count);
          let below = 80;
          for (const segment of bucket.segments) {
            expect(segment.y + segment.height).toBeCloseTo(below, 6);
            below = segment.y;
          }
          expect(below).toBeGreaterThanOrEqual(-1e-6);
        }
      }),
    );
  });

  test('a single dead letter beside a flood can be seen', () => {
    const { buckets } = prepareTimeline(aTimeline([[1_000_000, 1]], [0, 0]), 80);
    expect(buckets[1]?.segments[0]?.height).toBe(2);
  });

  test('the scale ends at a round number', () => {
    const levels = (top: number) => prepareTimeline(aTimeline([[top]], [0]), 80).levels.map((level) => level.count);
    expect(levels(1)).toEqual([1]);
    expect(levels(37)).toEqual([20, 40]);
    expect(levels(1_204)).toEqual([1_000, 2_000]);
  });

  test('nothing at all is drawn without bars', () => {
    expect(prepareTimeline(aTimeline([], [0, 0]), 80).buckets.flatMap((bucket) => bucket.segments)).toEqual([]);
    expect(summariseSpan([], 0, 0)).toBeNull();
  });

  test('a stretch is summed by group, most frequent first', () => {
    const { buckets } = prepareTimeline(
      aTimeline(
        [
          [1, 5, 1],
          [9, 0, 9],
        ],
        [0, 2, 0],
      ),
      80,
    );
    expect(summariseSpan(buckets, 0, 1)).toEqual({
      from: 0,
      to: 2 * hour,
      count: 17,
      parts: [
        { fingerprint: 'f1', title: 'group 1', count: 9 },
        { fingerprint: 'f0', title: 'group 0', count: 6 },
        { fingerprint: null, title: '3 other groups', count: 2 },
      ],
    });
  });
});

describe('marking a stretch', () => {
  test('with keys it starts at the newest bucket, grows with Shift and moves without', () => {
    const start = movedBrush(null, -1, false, 60);
    expect(start).toEqual({ anchor: 59, head: 59 });
    const grown = movedBrush(movedBrush(start, -1, true, 60), -1, true, 60);
    expect(brushEnds(grown)).toEqual({ first: 57, last: 59 });
    expect(movedBrush(grown, 1, false, 60)).toEqual({ anchor: 58, head: 58 });
  });

  test('it never leaves the chart', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.array(fc.tuple(fc.integer(), fc.boolean())), (length, moves) => {
        let brush = movedBrush(null, 0, false, length);
        for (const [by, extend] of moves) brush = movedBrush(brush, by, extend, length);
        const { first, last } = brushEnds(brush);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(last).toBeLessThan(length);
      }),
    );
    const { buckets } = prepareTimeline(aTimeline([[1, 1, 1]], [0, 0, 0]), 80);
    expect([-1, 0, 0.34, 0.999, 1, 2].map((share) => bucketAt(buckets, share))).toEqual([0, 0, 1, 2, 2, 2]);
  });
});

describe('the time axis', () => {
  const noon = Date.UTC(2026, 10, 22, 12);

  test('ticks are round in the zone of the reader', () => {
    expect(timeTicks(noon - day, noon, 'Asia/Kolkata').map((tick) => tick.label)).toEqual([
      '18:00',
      '22 Nov',
      '06:00',
      '12:00',
    ]);
    expect(timeTicks(noon - day, noon, 'UTC').map((tick) => tick.label)).toContain('22 Nov');
  });

  test('a change of clocks moves no tick off the hour', () => {
    const from = Date.UTC(2026, 9, 24, 20);
    const labels = timeTicks(from, from + day, 'Europe/Berlin').map((tick) => tick.label);
    expect(labels).toEqual(['25 Oct', '06:00', '12:00', '18:00']);
  });

  test('they fit, lie within, and rise, whatever the span', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Date.UTC(2110, 0) }),
        fc.integer({ min: 10, max: 140 * 365 * day }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia'),
        (from, span, zone) => {
          const ticks = timeTicks(from, from + span, zone);
          expect(ticks.length).toBeLessThanOrEqual(9);
          let before = -1;
          for (const { x } of ticks) {
            expect(x).toBeGreaterThan(before);
            expect(x).toBeLessThanOrEqual(100);
            before = x;
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a span says what its ends do not share, and its zone', () => {
    expect(spanWords(noon, noon + 2 * hour, 'UTC', noon)).toBe('Sun 22 Nov 12:00 – 14:00 UTC');
    expect(spanWords(noon - day, noon, 'UTC', noon)).toBe('Sat 21 Nov 12:00 – Sun 22 Nov 12:00 UTC');
    expect(spanWords(0, noon, 'UTC', noon)).toContain('1970');
  });
});

describe('a marked stretch', () => {
  const bucketsFrom = (from: number) => prepareTimeline({ ...aTimeline([], [1, 2, 3, 4]), from }, 80).buckets;

  test('stays with its time when the chart is counted again and its buckets have moved', () => {
    const marks = marksOf({ anchor: 3, head: 2 }, bucketsFrom(0));
    expect(marks && brushOf(marks, bucketsFrom(0))).toEqual({ anchor: 3, head: 2 });
    expect(marks && brushOf(marks, bucketsFrom(hour))).toEqual({ anchor: 2, head: 1 });
    expect(marks && brushOf(marks, bucketsFrom(-hour / 4))).toEqual({ anchor: 3, head: 2 });
  });

  test('is let go when its time is no longer shown', () => {
    const marks = marksOf({ anchor: 0, head: 1 }, bucketsFrom(0));
    expect(marks && brushOf(marks, bucketsFrom(hour))).toBeNull();
    expect(marks && brushOf(marks, bucketsFrom(-9 * hour))).toBeNull();
    expect(marksOf({ anchor: 0, head: 4 }, bucketsFrom(0))).toBeNull();
  });
});

describe('colours of groups', () => {
  const names = ['a1', 'b2', 'c3', 'd4', 'e5', 'f6', 'a7', 'b8'];

  test('eight groups have eight colours, the same in whichever order they come', () => {
    const slots = withColours(noColours, names);
    expect(new Set(slots.values()).size).toBe(seriesColours.length);
    expect([...withColours(noColours, names.toReversed())].toSorted()).toEqual([...slots].toSorted());
  });

  test('the largest of a place have the same colours under every filter, and the others avoid them', () => {
    const place = names.slice(0, 6);
    const under = (shown: readonly string[]) => withColours(noColours, shown, place);
    const whole = under(names);
    for (const shown of [names.toReversed(), names.slice(3), ['x1', 'x2', ...names.slice(0, 2)], []]) {
      const slots = under(shown);
      for (const name of place) expect(slots.get(name)).toBe(whole.get(name));
      const ofShown = shown.map((name) => slots.get(name));
      expect(new Set(ofShown).size).toBe(shown.length);
      // Loaded again it is the same, in whichever order they came.
      expect([...under(shown.toReversed())].toSorted()).toEqual([...slots].toSorted());
    }
  });

  test('a group keeps its colour while others come and go', () => {
    const first = withColours(noColours, names);
    const narrowed = withColours(first, names.slice(2, 3));
    expect(narrowed).toBe(first);
    const others = withColours(first, ['x1', 'x2', ...names.slice(0, 4)]);
    for (const name of names.slice(0, 4)) expect(others.get(name)).toBe(first.get(name));
    expect(new Set(['x1', 'x2', ...names.slice(0, 4)].map((name) => others.get(name))).size).toBe(6);
  });
});
