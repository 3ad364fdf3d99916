import type { z } from 'zod';
import {
  courseRowsMax,
  type lagQuery,
  type LagResponse,
  type lagTrendQuery,
  type LagTrendResponse,
} from '#lib/api/lag.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { ConnectionLag } from '#lib/domain/lag.ts';
import { trendGrid } from '#lib/lag/trend-grid.ts';
import type { Runtime } from '#server/http/runtime.ts';

const hourMs = 3_600_000;

/** Who is how far behind, as it was last read, and what that was an hour ago. */
export async function readLag(
  { store, clock, lagOf = [] }: Runtime,
  { connection, group, topic, from, to }: z.output<typeof lagQuery>,
): Promise<LagResponse> {
  const asOf = clock.now();
  const [latest, connections] = await Promise.all([
    store.watch.latestLag({
      compareTo: asOf - hourMs,
      ...(connection !== undefined && { connection }),
      ...(group !== undefined && { group }),
      ...(topic !== undefined && { names: [topic] }),
    }),
    store.index.listConnections(),
  ]);
  // Narrowed, what has no row of the kind is not among the latest either.
  const isWhole = group === undefined && topic === undefined;
  const asked = lagOf.filter((name) => isWhole && (connection ?? name) === name);
  const unread = asked
    .filter((name) => latest.every((each) => each.connection !== name))
    .map((name): ConnectionLag => ({ connection: name, at: null, tookMs: null, failing: null, notes: [], rows: [] }));
  const brokers = new Map(connections.map(({ name, kind }) => [name, kind]));
  const courses = from === undefined ? null : await readCourses(store, latest, rangeOf(from, to, asOf));
  return {
    asOf,
    connections: [...latest, ...unread].map(({ comparedAt: _, ...each }) => ({
      ...each,
      broker: brokers.get(each.connection) ?? null,
      rows: each.rows.map((row) => {
        const trend = courses?.get(row.series);
        return { ...row, before: row.before ?? null, ...(trend && { trend }) };
      }),
    })),
  };
}

async function readCourses(
  store: Runtime['store'],
  latest: readonly ConnectionLag[],
  range: { readonly from: number; readonly to: number },
) {
  const series = latest.flatMap(({ rows }) => rows.map((row) => row.series));
  if (series.length > courseRowsMax)
    throw new AppError(
      'invalid_request',
      `from: ${series.length} rows have no room for their courses. Narrow them to ${courseRowsMax} by connection, group or topic, or leave from out.`,
      { details: { field: 'from' } },
    );
  const trends = await store.watch.lagTrend({ series, ...range });
  return new Map(trends.map((trend) => [trend.series, trend.points]));
}

/** The courses of some series side by side, for drawing. */
export async function readLagTrend(
  { store, clock }: Runtime,
  { series, from, to, parts }: z.output<typeof lagTrendQuery>,
): Promise<LagTrendResponse> {
  const asOf = clock.now();
  const range = rangeOf(from ?? (to ?? asOf) - hourMs, to, asOf);
  const trends = await store.watch.lagTrend({ series, ...range });
  return {
    asOf,
    ...range,
    trends: trends.map((trend) => ({
      series: trend.series,
      ...trendGrid(trend.points, range.from, range.to, parts),
    })),
  };
}

function rangeOf(from: number, to: number | undefined, now: number): { from: number; to: number } {
  const end = to ?? now;
  if (from >= end)
    throw new AppError('invalid_request', 'from: must be before to, and before now where to is left out.', {
      details: { field: 'from' },
    });
  return { from, to: end };
}
