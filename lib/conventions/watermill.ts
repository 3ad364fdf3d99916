import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const owned = /^(?:reason|topic|handler|subscriber)_poisoned$/i;

/** Watermill's poison queue (Go). Errors in Go have no class; one stands here only where the text begins with one. */
export const watermill: Convention = {
  name: 'Watermill',
  marks: ['reason_poisoned', 'topic_poisoned'],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    const reason = headers.firstText('reason_poisoned');
    const topic = headers.firstText('topic_poisoned');
    return {
      failure: reason === undefined ? {} : readErrorText(reason),
      origin: kafkaOrigin(
        { topic, partition: undefined, offset: undefined, failedIn: headers.firstText('handler_poisoned') },
        letter,
      ),
    };
  },
};
