import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { startLocalKafka } from '#server/local-brokers/kafka.ts';

/** Where `scripts/brokers.ts up` says what runs. */
const developmentSet = resolve(import.meta.dirname, '../.cache/brokers/env.json');
const environment = z.object({ TEST_KAFKA_BROKERS: z.string().optional() });

/** Hands over a folder that goes afterwards, and a Kafka: the development set's where it is up, else one of our own. */
export async function withKafka<Result>(
  work: (place: { readonly folder: string; readonly brokers: string[] }) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-bench-'));
  const running = existsSync(developmentSet)
    ? environment.parse(JSON.parse(readFileSync(developmentSet, 'utf8'))).TEST_KAFKA_BROKERS
    : undefined;
  const own = running === undefined ? await startLocalKafka({ folder: join(folder, 'kafka') }) : null;
  const brokers = (running ?? own?.env['KAFKA_BROKERS'] ?? '').split(',');
  try {
    return await work({ folder, brokers });
  } finally {
    await own?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
