import { Registry } from 'prom-client';
import type { Masking } from '#lib/masking/masking.ts';
import type { Clock } from '#server/clock.ts';
import type { RequestMeter } from '#server/http/request-meter.ts';
import { engineIsLive } from '#server/http/engine-health.ts';
import type { Store } from '#server/store/store.ts';
import { createAlertMetrics } from '#server/watch/metrics/alert-metrics.ts';
import { createArrivalMetrics } from '#server/watch/metrics/arrival-metrics.ts';
import { createConnectionMetrics } from '#server/watch/metrics/connection-metrics.ts';
import type { Looks } from '#server/watch/metrics/freshness.ts';
import { createLagMetrics } from '#server/watch/metrics/lag-metrics.ts';
import type { MetricsLimits } from '#server/watch/metrics/limits.ts';
import { watchLoop } from '#server/watch/metrics/loop-delay.ts';
import { createProcessMetrics } from '#server/watch/metrics/process-metrics.ts';
import { createQueueMetrics } from '#server/watch/metrics/queue-metrics.ts';
import { createReplayMetrics } from '#server/watch/metrics/replay-metrics.ts';
import { type Before, readSnapshot } from '#server/watch/metrics/snapshot.ts';

export interface Scrape {
  readonly contentType: string;
  readonly body: string;
}

export interface Metrics {
  /** Everything as of now, or as of a second ago. Throws what the store throws: an empty page would read as "nothing is wrong". */
  scrape(): Promise<Scrape>;
  /** How late the engine's timers were, in seconds. */
  engineLoop(seconds: readonly number[]): void;
  stop(): void;
}

export interface MetricsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The names of those that are configured. */
  readonly connections: readonly string[];
  /** The names of those who are told of alerts. Nobody where absent. */
  readonly receivers?: readonly string[];
  readonly masking: Masking | undefined;
  readonly version: string;
  readonly limits: MetricsLimits;
  engineSeenAt(): number | null;
  readonly looks: Looks;
  readonly requests: Pick<RequestMeter, 'count'>;
  /** So long a scrape answers others, too; a second where absent. */
  readonly keptMs?: number;
}

/** Two scrapers do not double the work. */
const usualKeptMs = 1_000;

/** Metrics of one console, in a registry of its own. Counters begin with the process, but for those that the store keeps. */
export async function createMetrics(options: MetricsOptions): Promise<Metrics> {
  const { store, clock, limits, masking } = options;
  const registry = new Registry();
  const connections = new Set(options.connections);
  const followed = await store.index.listQueues();
  const [begin, { upTo }] = await Promise.all([store.ledger.measureReplays(), store.index.countArrivals(null)]);
  const ofProcess = createProcessMetrics(registry, options.version);
  const ofConnections = createConnectionMetrics(registry, options.looks);
  const ofQueues = createQueueMetrics(limits.queuesMax);
  const ofArrivals = createArrivalMetrics(limits, followed, (text) => masking?.text(text) ?? text);
  const ofReplays = createReplayMetrics(registry, begin);
  const ofAlerts = createAlertMetrics(registry, options.receivers ?? []);
  const ofLag = createLagMetrics(limits.lagSeriesMax, options.looks);
  options.requests.count((request) => ofProcess.request(request));
  const loop = watchLoop();
  let before: Before = { arrivedUpTo: upTo, lag: [] };
  let kept: { readonly until: number; readonly scrape: Promise<Scrape> } | null = null;

  async function read(): Promise<Scrape> {
    const now = clock.now();
    const seenAt = options.engineSeenAt();
    const engine = { isLive: engineIsLive(seenAt, now), seenAt };
    const snapshot = await readSnapshot(store, { at: now, engine }, connections, before);
    before = snapshot;
    ofArrivals.update(snapshot);
    const untitled = ofArrivals.untitled();
    ofArrivals.name(untitled.length === 0 ? [] : await store.index.listGroupParts(untitled));
    ofConnections.update(snapshot);
    ofReplays.update(snapshot.replays);
    ofAlerts.update(snapshot);
    const left = { queues: ofQueues.update(snapshot), lag: ofLag.update(snapshot) };
    ofProcess.loopDelays('web', loop.take());
    ofProcess.update({
      engineUp: engine.isLive,
      engineSilentMs: seenAt === null ? null : Math.max(0, now - seenAt),
      left,
    });
    const large = [...ofQueues.families, ...ofArrivals.families, ...ofLag.families].map((family) => family.text());
    return { contentType: registry.contentType, body: (await registry.metrics()) + large.join('') };
  }

  return {
    scrape() {
      const now = performance.now();
      if (kept && now < kept.until) return kept.scrape;
      // While one is under way everybody waits for it: a slow store is not asked twice.
      const scrape = read().finally(() => {
        if (kept?.scrape === scrape) kept = { until: now + (options.keptMs ?? usualKeptMs), scrape };
      });
      kept = { until: Number.POSITIVE_INFINITY, scrape };
      scrape.catch(() => {
        kept = null;
      });
      return scrape;
    },
    engineLoop: (seconds) => ofProcess.loopDelays('engine', seconds),
    stop: () => loop.stop(),
  };
}
