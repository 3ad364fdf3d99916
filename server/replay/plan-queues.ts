import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { Queue, ReadRefusal } from '#lib/domain/queue.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { ReplayQueues } from '#server/replay/replay-queues.ts';

/** The dead-letter queues that a plan takes from, each looked at once. */
export interface PlanQueues {
  /** Looks at those of a page that were not met before. */
  meet(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void>;
  of(letter: DeadLetter): Queue | undefined;
  /** Refuses a letter of a queue that cannot be read now. */
  refuse(letter: DeadLetter, notes: PlanNotes): void;
  /** Warns of what reading costs a letter that will be sent. */
  noteReadCost(letter: DeadLetter, notes: PlanNotes): void;
  ids(): readonly string[];
}

export function createPlanQueues({ store, driverOf }: ReplayQueues, options: ReplayOptions): PlanQueues {
  const queues = new Map<string, Queue>();
  const refusals = new Map<string, ReadRefusal | ErrorRecord>();
  return {
    async meet(letters, signal) {
      for (const { queueId } of letters) {
        if (queues.has(queueId)) continue;
        const queue = await store.index.getQueue(queueId);
        queues.set(queueId, queue);
        try {
          const facts = await driverOf(queue.connection).inspect(queue.name, signal);
          if (facts.refusal) refusals.set(queueId, facts.refusal);
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
    noteReadCost(letter, notes) {
      const queue = queues.get(letter.queueId);
      const cost = queue?.capabilities.costs.find((candidate) => candidate.code === 'uses-delivery-limit');
      if (!queue || !cost) return;
      const text = `are taken from ${queue.name}, which is read again for each step and each 10,000 messages: ${cost.text}`;
      notes.warn('read-cost', text, letter.id);
    },
    ids: () => [...queues.keys()],
  };
}
