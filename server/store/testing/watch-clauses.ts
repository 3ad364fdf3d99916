import { expect } from 'vitest';
import {
  type GroupLag,
  type LagPoint,
  lagOfRow,
  type LagRow,
  type LatestLagRow,
  type QueueLag,
} from '#lib/domain/lag.ts';
import type { Store } from '#server/store/store.ts';
import type { Clauses } from '#server/store/testing/clauses.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** The beginning of a day. */
const start = 20_000 * dayMs;

function aGroupLag(group: string, topic: string, lag: number | null): GroupLag {
  return {
    kind: 'group',
    group,
    groupKind: 'classic',
    topic,
    state: 'stable',
    members: 2,
    lag,
    gap: lag === null ? 'no-commit' : null,
    partitions: 3,
    uncommitted: lag === null ? 3 : 0,
  };
}

function aQueueLag(queue: string, waiting: number, held: number): QueueLag {
  return { kind: 'queue', queue, waiting, held, consumers: 1, approximate: true };
}

async function save(store: Store, connection: string, at: number, ...rows: readonly LagRow[]): Promise<void> {
  await store.watch.saveLag(connection, { rows, notes: [] }, { at, tookMs: 12 });
}

async function rowsOf(store: Store, connection: string): Promise<readonly LatestLagRow[]> {
  return (await store.watch.latestLag({ connection }))[0]?.rows ?? [];
}

async function trendOf(store: Store, connection: string, from: number, to: number): Promise<readonly LagPoint[]> {
  const [row] = await rowsOf(store, connection);
  const [trend] = await store.watch.lagTrend({ series: [row?.series ?? 0], from, to });
  return trend?.points ?? [];
}

export function describeWatchClauses({ clause, harness }: Clauses): void {
  clause('the last reading is kept whole, and its series keep their numbers', async (store) => {
    const rows = [aGroupLag('mail', 'orders', 7), aGroupLag('mail', 'users', null), aQueueLag('jobs', 5, 2)];
    await save(store, 'kept', start, ...rows);
    const [first] = await store.watch.latestLag({ connection: 'kept' });
    expect(first).toMatchObject({ at: start, tookMs: 12, failing: null, notes: [] });
    expect(first?.rows.map(({ series: _, ...row }) => row)).toEqual(rows);
    expect(new Set(first?.rows.map(({ series }) => series)).size).toBe(3);

    await save(store, 'kept', start + minuteMs, aGroupLag('mail', 'users', 1), aGroupLag('mail', 'orders', 8));
    const later = await rowsOf(store, 'kept');
    expect(later.map(({ series }) => series)).toEqual([first?.rows[1]?.series, first?.rows[0]?.series]);
  });

  clause('a failing connection keeps its last reading and says since when it fails', async (store) => {
    const error = { code: 'unreachable', message: 'Nothing answers.' } as const;
    await store.watch.saveLagFailure('broken', error, start - 1);
    expect(await store.watch.latestLag({ connection: 'broken' })).toMatchObject([
      { at: null, failing: { since: start - 1 }, rows: [] },
    ]);
    await save(store, 'broken', start, aQueueLag('jobs', 5, 2));
    await store.watch.saveLagFailure('broken', error, start + 1);
    await store.watch.saveLagFailure('broken', { ...error, code: 'timed_out' }, start + 2);
    expect(await store.watch.latestLag({ connection: 'broken' })).toMatchObject([
      { at: start, failing: { error: { code: 'timed_out' }, since: start + 1 }, rows: [{ queue: 'jobs' }] },
    ]);
    await save(store, 'broken', start + 3, aQueueLag('jobs', 6, 2));
    expect(await store.watch.latestLag({ connection: 'broken' })).toMatchObject([{ at: start + 3, failing: null }]);
  });

  clause('a reading that the caller has comes without its rows, and a newer one whole', async (store) => {
    const error = { code: 'unreachable', message: 'Nothing answers.' } as const;
    const answered = async (at: number) => {
      const [own] = await store.watch.latestLag({ connection: 'had', had: new Map([['had', at]]) });
      return { at: own?.at, failing: own?.failing?.since ?? null, lags: own?.rows.map(lagOfRow) };
    };
    await save(store, 'had', start, aGroupLag('mail', 'orders', 7));
    expect(await answered(start - 1)).toEqual({ at: start, failing: null, lags: [7] });
    expect(await answered(start)).toEqual({ at: start, failing: null, lags: [] });
    await store.watch.saveLagFailure('had', error, start + 1);
    expect(await answered(start)).toEqual({ at: start, failing: start + 1, lags: [] });
    await save(store, 'had', start + 2, aGroupLag('mail', 'orders', 9));
    expect(await answered(start)).toEqual({ at: start + 2, failing: null, lags: [9] });
  });

  clause('rows are narrowed by group, and by the names of topics and queues', async (store) => {
    const rows = [aGroupLag('mail', 'orders', 7), aGroupLag('bills', 'orders', 1), aGroupLag('mail', 'users', 2)];
    await save(store, 'narrow', start, ...rows, aQueueLag('jobs', 5, 2));
    const narrowed = async (query: { group?: string; names?: string[] }) =>
      (await store.watch.latestLag({ connection: 'narrow', ...query }))[0]?.rows.map(({ kind, ...row }) =>
        'group' in row ? `${row.group} on ${row.topic}` : kind,
      );
    expect(await narrowed({ group: 'mail' })).toEqual(['mail on orders', 'mail on users']);
    expect(await narrowed({ names: ['orders', 'jobs'] })).toEqual(['mail on orders', 'bills on orders', 'queue']);
    expect(await narrowed({ names: [] })).toEqual([]);
  });

  clause(
    'a row is compared with what it was at an instant, and with nothing where it was not read then',
    async (store) => {
      await save(store, 'compared', start, aGroupLag('mail', 'orders', 7));
      await save(store, 'compared', start + hourMs, aGroupLag('mail', 'orders', 4), aGroupLag('mail', 'users', 2));
      const compared = async (compareTo: number) =>
        (await store.watch.latestLag({ connection: 'compared', compareTo })).map(({ comparedAt, rows }) => ({
          comparedAt,
          before: rows.map(({ before }) => before),
        }));
      expect(await compared(start + 20 * secondMs)).toEqual([{ comparedAt: start, before: [7, null] }]);
      expect(await compared(start - hourMs)).toEqual([{ comparedAt: null, before: [null, null] }]);
      expect((await rowsOf(store, 'compared'))[0]).not.toHaveProperty('before');
    },
  );

  clause('what it is compared with was read at that instant or before it, never after it', async (store) => {
    // Read each minute from the hour's tenth minute on, until the hour is over and summed up.
    const first = start + 10 * minuteMs;
    const last = start + hourMs + minuteMs;
    for (let at = first; at <= last; at += minuteMs) await save(store, 'since', at, aQueueLag('jobs', at - start, 0));
    const compared = async (compareTo: number) => {
      const [told] = await store.watch.latestLag({ connection: 'since', compareTo });
      return [told?.comparedAt, told?.rows[0]?.before];
    };
    for (const before of [start, start + 42 * secondMs, first - 1])
      expect(await compared(before), 'nothing was read by then').toEqual([null, null]);
    expect(await compared(first)).toEqual([first, first - start]);
    expect(await compared(first + 59 * secondMs)).toEqual([first, first - start]);
    expect(await compared(last + 10 * minuteMs)).toEqual([last, last - start]);
    expect(await compared(last + 10 * minuteMs + 1), 'too long ago').toEqual([null, null]);
  });

  clause(
    'samples are kept for an hour, their last and most of 5 minutes for a day and of an hour for a week',
    async (store) => {
      const now = start + 8 * dayMs + 90 * secondMs;
      // A reading each quarter of an hour and, at the end, twice a minute; each is ten more than the one before, but for one peak a day.
      const times: number[] = [];
      for (let at = start; at < now - 2 * hourMs; at += 15 * minuteMs) times.push(at);
      for (let at = now - 2 * hourMs; at <= now; at += 30 * secondMs) times.push(at);
      const peak = (at: number) => (at % dayMs === 6 * hourMs ? 1_000_000 : 0);
      const valueAt = (at: number) => 10 * times.indexOf(at) + peak(at);
      for (const at of times) await save(store, 'aged', at, aQueueLag('jobs', valueAt(at), 3));

      const hour = await trendOf(store, 'aged', now - hourMs, now);
      expect(hour).toEqual(
        times
          .filter((at) => at >= now - hourMs)
          .map((at) => ({ at, spanMs: 0, last: valueAt(at), max: valueAt(at), heldMax: 3 })),
      );

      const day = await trendOf(store, 'aged', now - dayMs, now);
      const peaks = day.filter(({ max }) => max !== null && max >= 1_000_000);
      expect(peaks.map(({ at, spanMs }) => [at % dayMs, spanMs])).toEqual([[6 * hourMs, 5 * minuteMs]]);
      expect(new Set(day.map(({ spanMs }) => spanMs))).toEqual(new Set([0, 5 * minuteMs]));
      expect(day.at(-1)).toMatchObject({ at: now, last: valueAt(now) });

      const week = await trendOf(store, 'aged', now - 7 * dayMs, now);
      const weekly = week.filter(({ max }) => max !== null && max >= 1_000_000);
      expect(weekly.map(({ at, spanMs }) => [at % dayMs, spanMs])).toEqual(
        Array.from({ length: 7 }, () => [6 * hourMs, hourMs]),
      );
      // What came after a peak is the last of its hour.
      expect(weekly.every(({ last }) => last !== null && last < 1_000_000)).toBe(true);
      expect(week.every((point, index) => index === 0 || point.at > (week[index - 1]?.at ?? 0))).toBe(true);

      const all = await trendOf(store, 'aged', 0, now);
      expect(all[0]?.at).toBeGreaterThanOrEqual(now - 7 * dayMs - 2 * hourMs);
      const samples = await trendOf(store, 'aged', now - 3 * hourMs, now);
      expect(samples.filter(({ spanMs }) => spanMs === 0).length).toBeLessThanOrEqual(150);
    },
  );

  clause('a stretch without readings has no points', async (store) => {
    await save(store, 'gap', start, aQueueLag('jobs', 1, 0));
    await save(store, 'gap', start + 3 * hourMs, aQueueLag('jobs', 2, 0));
    const points = await trendOf(store, 'gap', start, start + 3 * hourMs);
    expect(points.map(({ at, last }) => [at, last])).toEqual([
      [start, 1],
      [start + 3 * hourMs, 2],
    ]);
    expect(await trendOf(store, 'gap', start + hourMs, start + 2 * hourMs)).toEqual([]);
  });

  clause('a series that comes after a forgotten one has nothing of its past', async (store) => {
    await save(store, 'reused', start, aQueueLag('old', 99, 0));
    const [old] = await rowsOf(store, 'reused');
    await save(store, 'reused', start + 9 * dayMs, aQueueLag('new', 1, 0));
    const points = await trendOf(store, 'reused', start - dayMs, start + 10 * dayMs);
    expect(points.map(({ last }) => last)).toEqual([1]);
    expect((await rowsOf(store, 'reused'))[0]?.series).not.toBe(old?.series);
    const known = { series: [old?.series ?? 0, 1_000_000_000], from: start - dayMs, to: start + 10 * dayMs };
    expect((await store.watch.lagTrend(known)).map(({ points: all }) => all)).toEqual([[], []]);
  });

  clause('connections that are no longer configured have no last reading, and keep their past', async (store) => {
    await save(store, 'removed', start, aQueueLag('jobs', 4, 0));
    const all = (await store.watch.latestLag()).map(({ connection }) => connection);
    expect(all).toEqual(all.toSorted());
    expect(all).toContain('removed');
    await store.watch.keepLagOf(all.filter((name) => name !== 'removed'));
    expect(await store.watch.latestLag({ connection: 'removed' })).toEqual([]);
    await save(store, 'removed', start + minuteMs, aQueueLag('jobs', 5, 0));
    expect((await trendOf(store, 'removed', start, start + hourMs)).map(({ last }) => last)).toEqual([4, 5]);
  });

  clause('counts of several stores add up, whatever the order of their labels', async (store) => {
    const other = await harness.open();
    try {
      await store.watch.addCounts([
        { name: 'replays', labels: { outcome: 'sent', queue: 'a' }, n: 2 },
        { name: 'replays', labels: {}, n: 0.5 },
      ]);
      await other.watch.addCounts([{ name: 'replays', labels: { queue: 'a', outcome: 'sent' }, n: 3 }]);
      await store.watch.addCounts([{ name: 'replays', labels: { outcome: 'sent', queue: 'b' }, n: 1 }]);
      const mine = (await other.watch.readCounts()).filter(({ name }) => name === 'replays');
      expect(mine).toEqual([
        { name: 'replays', labels: { outcome: 'sent', queue: 'a' }, n: 5 },
        { name: 'replays', labels: { outcome: 'sent', queue: 'b' }, n: 1 },
        { name: 'replays', labels: {}, n: 0.5 },
      ]);
    } finally {
      await other.close();
    }
  });

  clause('a record is what was last saved under its name', async (store) => {
    expect(await store.watch.getRecord('risks of nothing')).toBeNull();
    await store.watch.saveRecord('risks', '{"n":1}', 5);
    await store.watch.saveRecord('risks', '{"n":2}', 6);
    expect(await store.watch.getRecord('risks')).toEqual({ json: '{"n":2}', at: 6 });
  });

  clause('what is watched wakes nobody who waits for a change', async (store) => {
    let seen = await store.waitForChange(0, 0);
    // What other clauses have written may still be new to this watcher.
    for (let next = await store.waitForChange(seen, 300); next > seen; next = await store.waitForChange(seen, 300))
      seen = next;
    await store.watch.addCounts([{ name: 'noise', labels: {}, n: 1 }]);
    await save(store, 'noise', start, aQueueLag('jobs', 1, 0));
    expect(await store.waitForChange(seen, 400)).toBe(seen);
  });
}
