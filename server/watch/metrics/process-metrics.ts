import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { MeteredRequest } from '#server/http/request-meter.ts';

/** The console's own process. */
export function createProcessMetrics(registry: Registry, version: string) {
  const gauge = (name: string, help: string, ...labelNames: readonly string[]) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  gauge('redeliver_build_info', 'Always 1: the version that runs.', 'version', 'node').set(
    { version, node: process.versions.node },
    1,
  );
  const engineUp = gauge('redeliver_engine_up', '1 while the engine tells that it lives.');
  const engineSeen = gauge('redeliver_engine_seen_age_seconds', 'Since the last sign of life of the engine.');
  const leftOut = gauge(
    'redeliver_metrics_left_out',
    'Queues and rows of lag that have no series because there are more than the configured bound.',
    'what',
  );
  const started = gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.');
  started.set(Math.round(Date.now() / 1000 - process.uptime()));
  const memory = gauge('process_resident_memory_bytes', 'Memory of the process, all its threads together.');
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process, all its threads together.',
    registers: [registry],
  });
  const requests = new Histogram({
    name: 'redeliver_http_request_duration_seconds',
    help: 'Requests by template of the address, method and class of the answer; streams of events are not among them.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  const loop = new Histogram({
    name: 'redeliver_event_loop_delay_seconds',
    help: 'How late a timer fired that was due every 100 ms, by thread.',
    labelNames: ['thread'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });

  return {
    request({ method, route, status, seconds }: MeteredRequest): void {
      requests.observe({ method, route, status }, seconds);
    },
    loopDelays(thread: 'web' | 'engine', seconds: readonly number[]): void {
      for (const each of seconds) loop.observe({ thread }, each);
    },
    update(now: { readonly engineSilentMs: number | null; readonly engineUp: boolean; readonly left: LeftOut }): void {
      engineUp.set(now.engineUp ? 1 : 0);
      engineSeen.reset();
      if (now.engineSilentMs === null) engineSeen.remove();
      else engineSeen.set(now.engineSilentMs / 1000);
      leftOut.set({ what: 'queues' }, now.left.queues);
      leftOut.set({ what: 'lag' }, now.left.lag);
      memory.set(process.memoryUsage.rss());
      const { user, system } = process.cpuUsage();
      cpu.reset();
      cpu.inc((user + system) / 1e6);
    },
  };
}

interface LeftOut {
  readonly queues: number;
  readonly lag: number;
}
