import type { Convention } from '#lib/conventions/convention.ts';
import { indexHeaders } from '#lib/conventions/header-index.ts';

/**
 * SQS's own redrive: the source stands in a system attribute; where the server leaves that out, a dead-letter queue with exactly one source
 * in the redrive policies says the same. The receive count is no number of attempts: it includes our own reads.
 */
export const sqsRedrive: Convention = {
  name: 'SQS redrive',
  owns: () => false,
  read(letter, _headers, context) {
    if (context.kind !== 'sqs') return null;
    const properties = indexHeaders(letter.properties);
    const arn = properties.text('DeadLetterQueueSourceArn');
    const byTopology = context.origins.length === 1 ? context.origins[0] : undefined;
    const queue = arn?.split(':').at(-1) ?? byTopology;
    if (queue === undefined) return null;
    return {
      failure: { reason: arn !== undefined ? 'redrive' : undefined },
      origin: { destination: { kind: 'sqs', queue }, failedIn: queue },
      originalAt: properties.integer('SentTimestamp'),
    };
  },
};
