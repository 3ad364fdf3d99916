import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { isoInstant } from '#lib/conventions/instants.ts';

const prefix = 'cloudpubsubdeadlettersource';
const owned =
  /^CloudPubSubDeadLetterSource(?:Subscription|SubscriptionProject|DeliveryCount|TopicPublishTime|DeliveryErrorMessage)$/i;

/** Google Pub/Sub's dead-letter attributes, on messages that a bridge has forwarded. */
export const googlePubsub: Convention = {
  name: 'Google Pub/Sub',
  marks: [`${prefix}subscription`, `${prefix}deliverycount`],
  owns: (name) => owned.test(name),
  read({ headers }) {
    const message = headers.firstText(`${prefix}deliveryerrormessage`);
    const said = message === undefined ? undefined : readErrorText(message);
    return {
      failure: {
        errorClass: said?.errorClass,
        errorMessage: said?.errorMessage,
        attempts: headers.integer(`${prefix}deliverycount`),
      },
      origin: { failedIn: headers.firstText(`${prefix}subscription`) },
      originalAt: isoInstant(headers.text(`${prefix}topicpublishtime`)),
    };
  },
};
