import type { Convention } from '#lib/conventions/convention.ts';
import { queueDestination } from '#lib/conventions/places.ts';

/**
 * SQS's own redrive: the source stands in a system attribute; where the server leaves that out, a dead-letter queue with exactly one source
 * in the redrive policies says the same. The receive count is no number of attempts: it includes our own reads.
 */
export const sqsRedrive: Convention = {
  name: 'SQS redrive',
  marks: 'always',
  owns: () => false,
  read({ properties, queue }) {
    if (queue.kind !== 'sqs') return null;
    const arn = properties.text('deadletterqueuesourcearn');
    const source = arn?.split(':').at(-1) ?? (queue.origins.length === 1 ? queue.origins[0] : undefined);
    if (source === undefined) return null;
    return {
      failure: { reason: arn !== undefined ? 'redrive' : undefined },
      origin: { destination: queueDestination(source, 'sqs'), failedIn: source },
      originalAt: properties.integer('senttimestamp'),
    };
  },
};
