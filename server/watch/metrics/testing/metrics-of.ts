import type { Masking } from '#lib/masking/masking.ts';
import { systemClock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';
import { usualMetricsLimits } from '#server/watch/metrics/limits.ts';
import { createMetrics, type Metrics } from '#server/watch/metrics/metrics.ts';

export const usualLooks = { discoverMs: 30_000, lagMs: () => 30_000 };

/** The metrics of a store as a console has them, for tests of all routes. Nothing is kept from one scrape to the next. */
export async function metricsOf(store: Store, connections: readonly string[], masking?: Masking): Promise<Metrics> {
  return await createMetrics({
    store,
    clock: systemClock,
    connections,
    masking,
    version: 'test',
    limits: usualMetricsLimits,
    engineSeenAt: () => Date.now(),
    looks: usualLooks,
    requests: { count: () => undefined },
    keptMs: 0,
  });
}
