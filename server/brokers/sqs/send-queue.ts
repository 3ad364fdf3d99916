import type { OutgoingMessage } from '#server/brokers/driver.ts';
import { batchBytesMax, type EncodedMessage } from '#server/brokers/sqs/sqs-messages.ts';

/** Messages that must arrive in their order: a FIFO group, or one message alone. */
export interface Lane {
  readonly waiting: Pending[];
  /** A message of it was refused before anything was sent; what comes later must not overtake it. */
  blocked: boolean;
}

export interface Pending extends EncodedMessage {
  readonly message: OutgoingMessage;
  readonly lane: Lane;
}

export interface SendQueue {
  /** The next batch: at most ten messages and 1 MiB, and one of each lane, because entries of a batch fail one by one. `[]` when nothing can be sent now. */
  take(): readonly Pending[];
  /** Lets the lanes of a batch go on after its outcomes are known. */
  putBack(batch: readonly Pending[]): void;
}

const batchEntriesMax = 10;

export function createSendQueue(lanes: readonly Lane[]): SendQueue {
  const ready = lanes.filter((lane) => lane.waiting.length > 0);
  return {
    take() {
      const batch: Pending[] = [];
      let bytes = 0;
      while (batch.length < batchEntriesMax) {
        const next = ready[0]?.waiting[0];
        if (next === undefined || (batch.length > 0 && bytes + next.bytes > batchBytesMax)) break;
        ready.shift()?.waiting.shift();
        bytes += next.bytes;
        batch.push(next);
      }
      return batch;
    },
    putBack(batch) {
      for (const { lane } of batch) if (lane.waiting.length > 0) ready.push(lane);
    },
  };
}
