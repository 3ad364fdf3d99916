/**
 * What earlier reads of this process have shown of a queue and RabbitMQ does not tell otherwise. A restart forgets it; then one message is
 * sampled again where a delivery limit has to be watched.
 */
export interface ReadMemory {
  /** How often the most returned message of the queue has been given back so far; `null` while no message was seen. */
  returns(queue: string): number | null;
  /** Called after messages were given back. */
  gaveBack(queue: string, read: { readonly returns: number | null; readonly count: number }): void;
  /** An empty queue has nothing that was returned. */
  forget(queue: string): void;
  holding(queue: string): void;
  /** How many messages of the queue the server may still count as held by us; its counts lag. */
  heldByUs(queue: string): number;
}

const countsLagMs = 8_000;

export function createReadMemory(clock: () => number): ReadMemory {
  const returnsByQueue = new Map<string, number>();
  const holds = new Map<string, { active: number; count: number; endedAt: number }>();

  return {
    returns: (queue) => returnsByQueue.get(queue) ?? null,
    gaveBack(queue, { returns, count }) {
      const hold = holds.get(queue);
      holds.set(queue, { active: Math.max(0, (hold?.active ?? 1) - 1), count, endedAt: clock() });
      if (returns === null) return;
      returnsByQueue.set(queue, returns);
    },
    forget(queue) {
      returnsByQueue.delete(queue);
    },
    holding(queue) {
      const hold = holds.get(queue);
      holds.set(queue, { active: (hold?.active ?? 0) + 1, count: hold?.count ?? 0, endedAt: hold?.endedAt ?? 0 });
    },
    heldByUs(queue) {
      const hold = holds.get(queue);
      if (hold === undefined) return 0;
      if (hold.active > 0) return Number.MAX_SAFE_INTEGER;
      return clock() - hold.endedAt < countsLagMs ? hold.count : 0;
    },
  };
}
