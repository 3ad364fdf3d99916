/** What earlier reads have shown of a queue and RabbitMQ does not tell otherwise. */
export interface ReadMemory {
  /** Brings back what an earlier process has left of the queue, before anything else is asked of it. Throws what its keeper throws. */
  recall(queue: string): Promise<void>;
  /** How often the most returned message of the queue has been given back so far; `null` while no message was seen. */
  returns(queue: string): number | null;
  /** Called after messages were given back, or were not held after all; `returns` is `null` where none told. */
  gaveBack(queue: string, returns: number | null): void;
  /** An empty queue has nothing that was returned. */
  forget(queue: string): void;
  /** Called before a consumer is opened. */
  holding(queue: string): void;
  /** How many consumers of this process read the queue now. */
  readers(queue: string): number;
  /** Whether the server may still count as unacknowledged what this process holds or has held; its counts lag. */
  countsLag(queue: string): boolean;
  /** Runs the sample, or waits for the one that runs already. */
  sample(queue: string, take: () => Promise<void>): Promise<void>;
  /** The sample that runs, if any; never rejects. */
  sampling(queue: string): Promise<void> | null;
}

/** The server gathers its counts every 5 s. */
const countsLagMs = 8_000;

/** `earlier` tells how often messages of a queue had been given back when an earlier process looked last. */
export function createReadMemory(clock: () => number, earlier: (queue: string) => Promise<number | null>): ReadMemory {
  const returnsByQueue = new Map<string, number>();
  const recalls = new Map<string, Promise<void>>();
  const reads = new Map<string, { readers: number; endedAt: number }>();
  const samples = new Map<string, Promise<void>>();

  async function bringBack(queue: string): Promise<void> {
    try {
      const returns = await earlier(queue);
      if (returns !== null && !returnsByQueue.has(queue)) returnsByQueue.set(queue, returns);
    } catch (error) {
      recalls.delete(queue);
      throw error;
    }
  }

  return {
    recall(queue) {
      const recall = recalls.get(queue) ?? bringBack(queue);
      recalls.set(queue, recall);
      return recall;
    },
    returns: (queue) => returnsByQueue.get(queue) ?? null,
    gaveBack(queue, returns) {
      reads.set(queue, { readers: Math.max(0, (reads.get(queue)?.readers ?? 1) - 1), endedAt: clock() });
      if (returns !== null) returnsByQueue.set(queue, returns);
    },
    forget(queue) {
      returnsByQueue.delete(queue);
    },
    holding(queue) {
      const read = reads.get(queue);
      reads.set(queue, { readers: (read?.readers ?? 0) + 1, endedAt: read?.endedAt ?? Number.NEGATIVE_INFINITY });
    },
    readers: (queue) => reads.get(queue)?.readers ?? 0,
    countsLag(queue) {
      const read = reads.get(queue);
      return read !== undefined && (read.readers > 0 || clock() - read.endedAt < countsLagMs);
    },
    sampling: (queue) => samples.get(queue) ?? null,
    async sample(queue, take) {
      const running = samples.get(queue);
      if (running !== undefined) return await running;
      const taking = take();
      samples.set(
        queue,
        taking.catch(() => {}),
      );
      try {
        await taking;
      } finally {
        samples.delete(queue);
      }
    },
  };
}
