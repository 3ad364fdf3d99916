import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { type Clock, systemClock } from '#server/clock.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { metricsOf } from '#server/watch/metrics/testing/metrics-of.ts';

/** The route handlers on a store of their own, without a sandbox and without a registry. */
export interface ServedRoutes {
  readonly store: Store;
  readonly payloads: PayloadReader;
  close(): Promise<void>;
}

export async function serveRoutes({
  clock = systemClock,
  engineSeenAt = () => clock.now(),
  masking,
}: {
  readonly clock?: Clock;
  readonly engineSeenAt?: () => number | null;
  readonly masking?: MaskingSettings;
} = {}): Promise<ServedRoutes> {
  const folder = await mkdtemp(join(tmpdir(), 'redeliver-routes-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const payloads = createPayloadReader({ registries: new Map(), masking });
  const metrics = await metricsOf(store, ['kafka', 'rabbitmq', 'sqs'], masking && createMasking(masking));
  provideRuntime({
    store,
    clock,
    payloads,
    ...(masking && { masking: createMasking(masking) }),
    sandbox: null,
    version: 'test',
    engineSeenAt,
    metrics,
  });
  return {
    store,
    payloads,
    async close() {
      metrics.stop();
      await payloads.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function requestOf(path: string, method = 'GET', body?: unknown): Request {
  return new Request(`http://127.0.0.1:3000${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

/** As the router hands them over. */
export const params = <Params>(value: Params) => ({ params: Promise.resolve(value) });
