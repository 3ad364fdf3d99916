import { fc } from '#lib/testing/properties.ts';
import { Partitioners, type PartitionMetadata } from 'kafkajs';
import { expect, test } from 'vitest';
import { partitionOfKey } from '#server/brokers/kafka/partitioner.ts';

test('a key goes where kafkajs and Java send it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 100 }), (bytes, count) => {
      const partitionMetadata = Array.from({ length: count }, (_, partitionId): PartitionMetadata => {
        return { partitionId, leader: 1, isr: [], replicas: [], partitionErrorCode: 0 };
      });
      const key = Buffer.from(bytes);
      const theirs = Partitioners.DefaultPartitioner()({
        topic: 't',
        partitionMetadata,
        message: { key, value: null },
      });
      expect(partitionOfKey(bytes, count)).toBe(theirs);
    }),
    { numRuns: 1_000 },
  );
});
