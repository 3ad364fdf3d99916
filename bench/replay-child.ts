import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { benchConnection } from '#bench/replay-broker.ts';
import type { ReplayJob, ReplayReport } from '#bench/replay-job.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createDriver } from '#server/brokers/registry.ts';
import { systemClock } from '#server/clock.ts';
import { startEngine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { openEngineStore } from '#server/store/sqlite/engine-store.ts';

/**
 * The engine as it runs in the console, with its store and its ledger on disk, in a process of its own: `index` reads the dead-letter queues,
 * `replay` then plans everything, confirms the plan and sends it. Prints one line of JSON.
 */
const job = JSON.parse(process.argv[2] ?? '{}') as ReplayJob;
const manyMinutes = 30 * 60_000;

const store = await openEngineStore(job.dataFolder);
const engine = startEngine({
  store,
  clock: systemClock,
  connections: [
    {
      name: benchConnection,
      kind: job.settings.kind,
      address: 'bench',
      driver: createBroker(createDriver(job.settings, systemClock), {
        connection: benchConnection,
        random: Math.random,
      }),
    },
  ],
  sync: { discoverEveryMs: manyMinutes, lookEveryMs: 1_000, scanEveryMs: manyMinutes, scanLimit: 10_000 },
  watchMs: 1_000,
  publishTimeoutMs: 15_000,
  say: (line) => console.error(line),
});

const report: ReplayReport = { ...(job.work === 'index' ? await index() : await replay()), rssMaxBytes: rssMax() };
await engine.stop();
await store.close();
console.log(JSON.stringify(report));

/** To the end of the first scans: what an engine that is started next would begin with is no part of a replay. */
async function index() {
  const from = performance.now();
  for (;;) {
    const indexed = (await store.index.summariseQueues(Date.now())).reduce((sum, queue) => sum + queue.indexed, 0);
    const areRead = (await store.index.listQueues()).every(({ reader }) => reader.kind === 'live');
    if (indexed >= job.count && areRead)
      return { seconds: secondsSince(from), planSeconds: 0, cpuSeconds: 0, settled: 0 };
    await delay(100);
  }
}

async function replay() {
  const from = performance.now();
  const filter = { kind: 'all' } as const;
  const range = { from: null, to: null };
  const selection = { kind: 'filter', filter, range, asOf: Date.now(), excluded: [], text: '' } as const;
  const options = { ...usualOptions, ...job.options };
  const answer = await askEngine(
    { store, clock: systemClock },
    { kind: 'plan', selection, options },
    'bench',
    manyMinutes,
  );
  const planSeconds = secondsSince(from);
  const planned = await store.ledger.getReplay(answer.replayId ?? '');
  if (planned.plan.willSend !== job.count)
    throw new Error(
      `bench: ${planned.plan.willSend} of ${job.count} would be sent: ${JSON.stringify(planned.plan.refusals)}`,
    );

  const confirmedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await store.ledger.confirmReplay(planned.id, planned.plan.hash, 'bench', Date.now());
  for (;;) {
    const { state, account, error } = await store.ledger.getReplay(planned.id);
    if (state === 'stopped' || state === 'paused') throw new Error(`bench: the replay ${state}: ${error?.message}`);
    if (state === 'watching' || state === 'settled') {
      const cpu = process.cpuUsage(cpuBefore);
      const seconds = secondsSince(confirmedAt);
      return { seconds, planSeconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, settled: account.settled };
    }
    await delay(100);
  }
}

function secondsSince(from: number): number {
  return (performance.now() - from) / 1_000;
}

/** The most memory that this process ever had. */
function rssMax(): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) * 1_024;
}
