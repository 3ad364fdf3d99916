import { join } from 'node:path';
import type { BenchRow } from '#bench/bench-row.ts';
import { type BenchKind, type BenchPair, bareOrigin, countIn, fillQueues, withBroker } from '#bench/replay-broker.ts';
import { type BareJob, runBareJob, runReplayJob } from '#bench/replay-job.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';

interface Bars {
  /** Of the bare client's rate. */
  readonly ofBare: number;
  readonly perSecond?: number;
}

const bars: Readonly<Record<BenchKind, Bars>> = {
  kafka: { ofBare: 0.5, perSecond: 15_000 },
  rabbitmq: { ofBare: 0.6 },
  sqs: { ofBare: 0.7 },
};

const clients: Readonly<Record<BenchKind, readonly BareJob['client'][]>> = {
  kafka: ['kafkajs', 'platformatic'],
  rabbitmq: ['amqplib'],
  sqs: ['aws-sdk'],
};

/** Dead letters through the whole engine, beside the bare clients doing the same pass in the same run on the same broker. */
export async function benchReplay(kind: BenchKind, count: number): Promise<readonly BenchRow[]> {
  return await withBroker(kind, async ({ folder, settings }) => {
    const pairs = await fillQueues(settings, { label: 'bench', count });
    const bare = await fastestBare(settings, pairs, count);
    const job = { dataFolder: join(folder, 'data'), settings, count };
    await runReplayJob({ ...job, work: 'index' });
    const replay = await runReplayJob({ ...job, work: 'replay' });
    const arrived = await countIn(
      settings,
      pairs.map(({ origin }) => origin),
    );
    if (replay.settled !== count || arrived !== count)
      throw new Error(`bench: of ${count} messages ${replay.settled} are settled and ${arrived} arrived`);

    const { ofBare, perSecond } = bars[kind];
    const rate = count / replay.seconds;
    const row = (of: Pick<BenchRow, 'name' | 'p50' | 'unit' | 'baseline' | 'ratio'>): BenchRow => ({
      ...of,
      n: count,
      p95: null,
    });
    return [
      row({
        name: `replay-${kind}-beside-${bare.client}`,
        p50: rate,
        unit: 'messages/s',
        baseline: `${bare.client}'s ${Math.round(bare.perSecond)}, at least ${ofBare} of it`,
        ratio: rate / bare.perSecond,
      }),
      ...(perSecond === undefined
        ? []
        : [
            row({
              name: `replay-${kind}-rate`,
              p50: rate,
              unit: 'messages/s',
              baseline: `at least ${perSecond}`,
              ratio: rate / perSecond,
            }),
          ]),
      row({
        name: `replay-${kind}-cpu`,
        p50: (replay.cpuSeconds * 1e6) / count,
        unit: 'CPU µs/message',
        baseline: `${bare.client}'s ${((bare.cpuSeconds * 1e6) / count).toFixed(1)}`,
        ratio: replay.cpuSeconds / bare.cpuSeconds,
      }),
      row({
        name: `replay-${kind}-plan`,
        p50: replay.planSeconds,
        unit: 's for the plan',
        baseline: null,
        ratio: null,
      }),
      row({
        name: `replay-${kind}-memory`,
        p50: replay.rssMaxBytes / 2 ** 20,
        unit: 'MB, engine',
        baseline: null,
        ratio: null,
      }),
    ];
  });
}

interface Bare {
  readonly client: BareJob['client'];
  readonly perSecond: number;
  readonly cpuSeconds: number;
}

/** Of each client two passes, and the fastest of all: there and back where reading removes, else twice the same way. */
async function fastestBare(settings: ConnectionSettings, pairs: readonly BenchPair[], count: number): Promise<Bare> {
  const there = pairs.map(({ deadLetters, origin }) =>
    settings.kind === 'kafka' ? ([deadLetters, bareOrigin(origin)] as const) : ([deadLetters, origin] as const),
  );
  const back = settings.kind === 'kafka' ? there : there.map(([from, to]) => [to, from] as const);
  const passes: Bare[] = [];
  for (const client of clients[settings.kind]) {
    for (const ways of [there, back]) {
      const { seconds, cpuSeconds } = await runBareJob({ client, settings, count, ways });
      passes.push({ client, perSecond: count / seconds, cpuSeconds });
    }
  }
  return passes.reduce((best, pass) => (pass.perSecond > best.perSecond ? pass : best));
}
