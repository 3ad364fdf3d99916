import type { Convention } from '#lib/conventions/convention.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const owned = /^source_(?:topic|partition|offset|consumer_group|attempts|trace_id)$/i;

/** Karafka's dead-letter queue (Ruby): all text, and nothing of the error. `source_topic` alone is too common a name to mean it. */
export const karafka: Convention = {
  name: 'Karafka',
  marks: ['source_topic'],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    if (!headers.has('source_partition') || !headers.has('source_offset')) return null;
    return {
      failure: { attempts: headers.integer('source_attempts') },
      origin: kafkaOrigin(
        {
          topic: headers.text('source_topic'),
          partition: headers.text('source_partition'),
          offset: headers.text('source_offset'),
          failedIn: headers.firstText('source_consumer_group'),
        },
        letter,
      ),
    };
  },
};
