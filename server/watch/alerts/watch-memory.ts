import { z } from 'zod';
import type { Connection, Queue } from '#lib/domain/queue.ts';
import type { WatchStore } from '#server/store/watch-store.ts';

/** What the rounds know of each other. Losing its last moments loses nothing but a look back. */
const watchMemory = z.object({
  /** Of the last round. */
  at: z.number(),
  tookMs: z.number(),
  /** By connection, when all of its queues had been read once. */
  baselines: z.record(z.string(), z.number()),
  /** Where the index ended then, in its order of arrival; absent in what was kept before this was. */
  place: z.number().nullable().default(null),
  /** Why rules could not be measured, by rule. */
  failing: z.record(z.string(), z.string()),
});
export type WatchMemory = z.infer<typeof watchMemory>;

const record = 'alert-rounds';

/** `null` before the first round. */
export async function readWatchMemory(watch: WatchStore): Promise<WatchMemory | null> {
  const kept = await watch.getRecord(record);
  return kept ? (watchMemory.safeParse(JSON.parse(kept.json)).data ?? null) : null;
}

export async function saveWatchMemory(watch: WatchStore, memory: WatchMemory): Promise<void> {
  await watch.saveRecord(record, JSON.stringify(memory), memory.at);
}

/** With those of connections whose queues have all been read by now. One stays for good, so that a queue that is found later is news as a whole. */
export function nextBaselines(
  before: Readonly<Record<string, number>>,
  connections: readonly Connection[],
  queues: readonly Queue[],
  now: number,
): Record<string, number> {
  const wasRead = ({ syncedAt, reader }: Queue) =>
    syncedAt !== null || reader.kind === 'refused' || reader.kind === 'failing' || reader.kind === 'missing';
  const read = connections.filter(
    ({ name, health }) =>
      before[name] === undefined &&
      health.kind === 'live' &&
      queues.filter(({ connection }) => connection === name).every(wasRead),
  );
  return { ...before, ...Object.fromEntries(read.map(({ name }) => [name, now])) };
}
