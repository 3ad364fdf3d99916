import { join } from 'node:path';
import type { BenchRow } from '#bench/bench-row.ts';
import { fillQueues, withBroker } from '#bench/replay-broker.ts';
import { runReplayJob } from '#bench/replay-job.ts';

const barMb = 100;
const few = 10_000;
const megabyte = 2 ** 20;

/** The most memory that the engine's process has while it plans and sends a few and very many messages, each in a process of its own. */
export async function benchReplayMemory(count: number): Promise<readonly BenchRow[]> {
  return await withBroker('kafka', async ({ folder, settings }) => {
    const measure = async (label: string, size: number) => {
      await fillQueues({ ...settings, deadLetter: { patterns: [`${label}-*.dead`] } }, { label, count: size });
      const job = {
        dataFolder: join(folder, label),
        settings: { ...settings, deadLetter: { patterns: [`${label}-*.dead`] } },
        count: size,
      };
      await runReplayJob({ ...job, work: 'index' });
      return await runReplayJob({ ...job, work: 'replay' });
    };
    const small = await measure('few', Math.min(few, count));
    const large = await measure('many', count);
    const grown = (large.rssMaxBytes - small.rssMaxBytes) / megabyte;
    const row = (of: Omit<BenchRow, 'p95'>): BenchRow => ({ ...of, p95: null });
    return [
      row({
        name: 'replay-memory-grown',
        n: count,
        p50: grown,
        unit: 'MB',
        baseline: `${Math.round(small.rssMaxBytes / megabyte)} with ${few} messages, at most ${barMb} more`,
        ratio: grown / barMb,
      }),
      row({
        name: 'replay-memory-rate',
        n: count,
        p50: count / large.seconds,
        unit: 'messages/s',
        baseline: null,
        ratio: null,
      }),
      row({
        name: 'replay-memory-plan',
        n: count,
        p50: large.planSeconds,
        unit: 's for the plan',
        baseline: null,
        ratio: null,
      }),
    ];
  });
}
