import type { Convention } from '#lib/conventions/convention.ts';
import { originalRecordOf } from '#lib/conventions/original-record.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const prefix = '__dlq.errors.';
const owned = /^__dlq\.errors\.(?:topic|partition|offset|group|delivery\.count|message)$/i;

/**
 * Kafka's share groups (KIP-1191, from 4.4): the broker writes these, all text. Unless the group is set to copy records, key and value are
 * absent: the payload must be fetched from the original topic, partition and offset, as long as retention leaves it there.
 */
export const shareGroup: Convention = {
  name: 'Kafka share group',
  marks: [`${prefix}topic`, `${prefix}group`],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    const origin = kafkaOrigin(
      {
        topic: headers.firstText('__dlq.errors.topic'),
        partition: headers.firstText('__dlq.errors.partition'),
        offset: headers.firstText('__dlq.errors.offset'),
        failedIn: headers.firstText('__dlq.errors.group'),
      },
      letter,
    );
    const looked = originalRecordOf(letter.raw);
    const isEmpty = letter.raw.key === null && letter.raw.body === null;
    return {
      failure: {
        errorMessage: headers.firstText('__dlq.errors.message'),
        attempts: letter.headers.integer(`${prefix}delivery.count`),
      },
      origin: { ...origin, content: looked?.content ?? (isEmpty ? 'not-copied' : undefined) },
    };
  },
};
