import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { Queue, ReadRefusal } from '#lib/domain/queue.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';
import { isMovedByBroker, movedText } from '#server/replay/moved-by-broker.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { ReplayQueues } from '#server/replay/replay-queues.ts';

/** The dead-letter queues that a plan takes from, each looked at once. */
export interface PlanQueues {
  /** Looks at those of a page that were not met before. */
  meet(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void>;
  of(letter: DeadLetter): Queue | undefined;
  /** Refuses a letter of a queue that cannot be read now. */
  refuse(letter: DeadLetter, notes: PlanNotes): void;
  /** Warns of what taking a letter that will be sent costs, and of a broker that moves the whole queue meanwhile. */
  noteTaking(letter: DeadLetter, notes: PlanNotes): void;
  ids(): readonly string[];
}

export function createPlanQueues({ store, driverOf }: ReplayQueues, options: ReplayOptions): PlanQueues {
  const queues = new Map<string, Queue>();
  const moving = new Set<string>();
  const refusals = new Map<string, ReadRefusal | ErrorRecord>();
  return {
    async meet(letters, signal) {
      for (const { queueId } of letters) {
        if (queues.has(queueId)) continue;
        const queue = await store.index.getQueue(queueId);
        queues.set(queueId, queue);
        try {
          const driver = driverOf(queue.connection);
          const facts = await driver.inspect(queue.name, signal);
          if (facts.refusal) refusals.set(queueId, facts.refusal);
          if (await isMovedByBroker(driverOf, queue, signal)) moving.add(queueId);
        } catch (error) {
          refusals.set(queueId, toErrorRecord(error));
        }
      }
    },
    of: (letter) => queues.get(letter.queueId),
    refuse(letter, notes) {
      const refusal = refusals.get(letter.queueId);
      if (!refusal) return;
      if ('message' in refusal) notes.refuse('read-refused', `cannot be read now: ${refusal.message}`, letter.id);
      else if (!(options.insist && refusal.canInsist))
        notes.refuse('read-refused', `cannot be read safely: ${refusal.reason} ${refusal.remedy}`, letter.id);
    },
    noteTaking(letter, notes) {
      const queue = queues.get(letter.queueId);
      if (queue && moving.has(queue.id)) notes.warn('moved-by-broker', movedText(queue.id), letter.id);
      const cost = queue?.capabilities.costs.find((candidate) => candidate.code === 'uses-delivery-limit');
      if (!queue || !cost) return;
      const text = `are taken from ${queue.name}, which is read again for each step and each 10,000 messages: ${cost.text}`;
      notes.warn('read-cost', text, letter.id);
    },
    ids: () => [...queues.keys()],
  };
}
