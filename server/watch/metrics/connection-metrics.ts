import { Counter, Gauge, type Registry } from 'prom-client';
import { brokerCounters } from '#server/watch/metrics/broker-counters.ts';
import { isFresh, type Looks } from '#server/watch/metrics/freshness.ts';
import type { Snapshot } from '#server/watch/metrics/snapshot.ts';

/** How the connections are, and what the engine did with them. */
export function createConnectionMetrics(registry: Registry, { discoverMs }: Pick<Looks, 'discoverMs'>) {
  const up = new Gauge({
    name: 'redeliver_connection_up',
    help: '1 where the last look at the broker went well, 0 where it failed. Absent where there is none of late.',
    labelNames: ['connection', 'kind'],
    registers: [registry],
  });
  const info = new Gauge({
    name: 'redeliver_connection_info',
    help: 'Always 1: what the broker is.',
    labelNames: ['connection', 'kind', 'product', 'version'],
    registers: [registry],
  });
  const queues = new Gauge({
    name: 'redeliver_queues',
    help: 'Dead-letter queues that were found on the connection and are there.',
    labelNames: ['connection'],
    registers: [registry],
  });
  const counters = new Map<string, Counter>(
    brokerCounters.map(({ name, help, labels }) => [
      name,
      new Counter({ name: `redeliver_${name}`, help, labelNames: ['connection', ...labels], registers: [registry] }),
    ]),
  );

  return {
    update(snapshot: Snapshot): void {
      for (const each of [up, info, queues, ...counters.values()]) each.reset();
      for (const { name, kind, health, checkedAt } of snapshot.connections) {
        if (!snapshot.engine.isLive || !isFresh(checkedAt, discoverMs, snapshot.at)) continue;
        if (health.kind !== 'starting') up.set({ connection: name, kind }, health.kind === 'live' ? 1 : 0);
        if (health.kind === 'live')
          info.set({ connection: name, kind, product: health.product, version: health.version ?? '' }, 1);
        const found = snapshot.queues.filter(
          ({ connection, reader }) => connection === name && reader.kind !== 'missing',
        );
        if (health.kind === 'live') queues.set({ connection: name }, found.length);
      }
      for (const { name, labels, n } of snapshot.counts) counters.get(name)?.inc({ ...labels }, n);
    },
  };
}
