import { setTimeout as delay } from 'node:timers/promises';
import { createAPI, initProducerIdV4, produceV9, Writer } from '@platformatic/kafka';
import { type KafkaCluster, orStopped } from '#server/brokers/kafka/kafka-cluster.ts';
import { errorOfCode, kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';
import type { BatchIdentity } from '#server/brokers/kafka/record-batch-writer.ts';

/** An idempotent producer: the broker drops a batch that it has already taken from it, and refuses one that skips another. */
export interface ProducerIdentity {
  /** What the next batch to the partition is signed with. */
  next(lane: string): BatchIdentity;
  /** Counts what the broker has taken. */
  advance(lane: string, records: number): void;
}

/**
 * Identities are reused, one publish at a time: their sequence numbers belong to one sender. One whose last batch met an unknown
 * fate must not come back, for nobody knows which sequence number the broker expects.
 */
export interface ProducerPool {
  /** Waits until the broker has an id to give, or the signal aborts. */
  take(signal: AbortSignal): Promise<ProducerIdentity>;
  giveBack(identity: ProducerIdentity): void;
}

export function createProducerPool(cluster: KafkaCluster): ProducerPool {
  const idle: ProducerIdentity[] = [];
  return {
    async take(signal) {
      const known = idle.pop();
      if (known) return known;
      for (;;) {
        const answer = await cluster.call('any', initProducerIdV4.api, [null, 60_000], signal);
        if (answer.errorCode === kafkaCode.none) return createIdentity(answer.producerId, answer.producerEpoch);
        // A broker without a block of ids says "loading" while it fetches one, which the first producer after its start meets.
        if (answer.errorCode !== kafkaCode.coordinatorLoading) {
          throw errorOfCode(answer.errorCode, { connection: cluster.settings.connection });
        }
        await orStopped(delay(20), signal);
      }
    },
    giveBack(identity) {
      idle.push(identity);
    },
  };
}

function createIdentity(producerId: bigint, producerEpoch: number): ProducerIdentity {
  const sequences = new Map<string, number>();
  return {
    next: (lane) => ({ producerId, producerEpoch, baseSequence: sequences.get(lane) ?? 0 }),
    // Sequence numbers begin again at 0 after 2^31 - 1 (DefaultRecordBatch.incrementSequence).
    advance: (lane, records) => void sequences.set(lane, ((sequences.get(lane) ?? 0) + records) % 2 ** 31),
  };
}

export interface ProducePartition {
  readonly topic: string;
  readonly partition: number;
  /** One record batch. */
  readonly batch: Buffer;
}

/** Version 9 is the newest that Kafka 2.8 to 4.4 all know; later ones added nothing that is used here. */
export const produceApi = createAPI(
  0,
  9,
  (timeoutMs: number, partitions: readonly ProducePartition[]) =>
    Writer.create()
      .appendString(null)
      .appendInt16(-1) // acks=all
      .appendInt32(timeoutMs)
      .appendArray([...Map.groupBy(partitions, (each) => each.topic)], (topics, [topic, each]) => {
        topics.appendString(topic).appendArray(each, (w, { partition, batch }) => {
          w.appendInt32(partition)
            .appendUnsignedVarInt(batch.length + 1)
            .append(batch);
        });
      })
      .appendTaggedFields(),
  produceV9.parseResponse,
);
