import { parseArgs } from 'node:util';
import type { BenchRow } from '#bench/bench-row.ts';
import { benchEventLoop } from '#bench/event-loop.ts';
import { benchIngest } from '#bench/ingest.ts';
import { benchLag } from '#bench/lag.ts';
import { benchNormalise } from '#bench/normalise.ts';
import { benchFingerprint } from '#bench/fingerprint.ts';
import { benchQueries } from '#bench/queries.ts';
import { benchReplayMemory } from '#bench/replay-memory.ts';
import { benchReplay } from '#bench/replay.ts';
import { benchScrape } from '#bench/scrape.ts';
import { benchStore } from '#bench/store.ts';

/** `npm run bench [-- NAME…] [--json] [--size N]`: a table, or one JSON object a line. */

const benches: Readonly<Record<string, (size: number | null) => Promise<readonly BenchRow[]>>> = {
  'event-loop': (size) => benchEventLoop(size ?? 100_000),
  normalise: async (size) => benchNormalise(size ?? 200_000),
  fingerprint: (size) => benchFingerprint(size ?? 200_000),
  ingest: (size) => benchIngest(size ?? 1_000_000),
  queries: (size) => benchQueries(size ?? 1_000_000),
  store: (size) => benchStore(size ?? 200_000),
  lag: (size) => benchLag(size ?? 200),
  scrape: (size) => benchScrape(size ?? 1_000),
  'replay-kafka': (size) => benchReplay('kafka', size ?? 100_000),
  'replay-rabbitmq': (size) => benchReplay('rabbitmq', size ?? 100_000),
  'replay-sqs': (size) => benchReplay('sqs', size ?? 100_000),
  'replay-memory': (size) => benchReplayMemory(size ?? 1_000_000),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, size: { type: 'string' } },
});
const size = values.size === undefined ? null : Number(values.size);
const names = positionals.length > 0 ? positionals : Object.keys(benches);

for (const name of names) {
  const bench = benches[name];
  if (!bench || (size !== null && !(Number.isInteger(size) && size > 0))) {
    console.error(
      `bench: there is no bench "${name}" of size ${values.size ?? 'default'}. Known: ${Object.keys(benches).join(', ')}.`,
    );
    process.exit(1);
  }
  for (const row of await bench(size)) console.log(values.json ? JSON.stringify(row) : line(row));
}

function line({ name, n, p50, p95, unit, baseline, ratio }: BenchRow): string {
  const number = (value: number | null) =>
    value === null ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
  const compared = baseline === null ? '' : `${baseline}${ratio === null ? '' : ` (${ratio.toFixed(2)} of it)`}`;
  return [
    name.padEnd(48),
    number(n).padStart(10),
    number(p50).padStart(10),
    number(p95).padStart(10),
    ` ${unit.padEnd(12)}`,
    compared,
  ]
    .join(' ')
    .trimEnd();
}
