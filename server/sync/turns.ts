/**
 * Who works next, where many queues catch up at once: understanding messages takes a core, so one batch is worked on at a time, first come, first
 * served, and the queues that somebody looks at before all others.
 */
export interface Turns {
  take<Result>(queueId: string, work: () => Promise<Result>): Promise<Result>;
  /** From now on before those that were not preferred, the last one first. */
  prefer(queueId: string): void;
}

const preferredMax = 20;

export function createTurns(): Turns {
  const waiting: { readonly queueId: string; begin(): void }[] = [];
  let preferred: readonly string[] = [];
  let busy = false;

  /** Higher is sooner. */
  const rank = (queueId: string): number => preferred.indexOf(queueId);
  const next = (): void => {
    const best = waiting.reduce((most, { queueId }) => Math.max(most, rank(queueId)), -1);
    const place = waiting.findIndex(({ queueId }) => rank(queueId) === best);
    const [chosen] = place < 0 ? [] : waiting.splice(place, 1);
    busy = chosen !== undefined;
    chosen?.begin();
  };
  return {
    async take(queueId, work) {
      if (busy) await new Promise<void>((resolve) => waiting.push({ queueId, begin: resolve }));
      busy = true;
      try {
        return await work();
      } finally {
        next();
      }
    },
    prefer(queueId) {
      preferred = [...preferred.filter((each) => each !== queueId), queueId].slice(-preferredMax);
    },
  };
}
