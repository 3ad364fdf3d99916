import type { Convention } from '#lib/conventions/convention.ts';
import { isoInstant } from '#lib/conventions/instants.ts';
import { textField } from '#lib/conventions/json-text.ts';

/** An SNS notification as the body: no error, and the topic is no place to put one subscriber's message back. What it says is when it was published. */
export const awsSns: Convention = {
  name: 'AWS SNS',
  marks: 'always',
  owns: () => false,
  read({ body, queue }) {
    if (queue.kind !== 'sqs') return null;
    const notification = body();
    if (textField(notification, 'Type') !== 'Notification' || textField(notification, 'TopicArn') === undefined)
      return null;
    return { originalAt: isoInstant(textField(notification, 'Timestamp')) };
  },
};
