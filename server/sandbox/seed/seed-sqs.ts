import { CreateTopicCommand, PublishCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createCarelessQueue } from '#server/sandbox/seed/careless-queues.ts';
import type { Dice } from '#server/sandbox/seed/dice.ts';
import { billingShapes, seedCounts, speaking } from '#server/sandbox/seed/seed-shapes.ts';
import { changedPlan, packedParcel, requestedCharge, type ShopBody } from '#server/sandbox/seed/sqs-messages.ts';
import { timeOf } from '#server/sandbox/seed/time-of.ts';
import {
  billingDeadLetterQueue,
  billingFailureAttributes,
  billingQueue,
  brokenBilling,
  charge,
} from '#server/sandbox/services/billing-service.ts';
import { failureFrom } from '#server/sandbox/services/failure.ts';
import {
  labelsDeadLetterQueue,
  labelsQueue,
  shippingTopic,
  trackingDeadLetterQueue,
  trackingQueue,
} from '#server/sandbox/services/shipping-services.ts';
import { createWithDeadLetters, queueArn, queueUrl } from '#server/sandbox/services/sqs-client.ts';
import { subscriptionsDeadLetterQueue, subscriptionsQueue } from '#server/sandbox/services/subscriptions-service.ts';

/** Creates the queues and the topic; answers the topic's ARN. */
export async function createQueues(sqs: SQSClient, sns: SNSClient): Promise<string> {
  await createWithDeadLetters(sqs, billingQueue, billingDeadLetterQueue);
  await createWithDeadLetters(sqs, subscriptionsQueue, subscriptionsDeadLetterQueue);
  await createWithDeadLetters(sqs, labelsQueue, labelsDeadLetterQueue);
  await createWithDeadLetters(sqs, trackingQueue, trackingDeadLetterQueue);
  await createCarelessQueue(sqs);
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: shippingTopic }));
  if (TopicArn === undefined) throw new Error(`SNS told no ARN for the topic ${shippingTopic}.`);
  const subscribe = async (queue: string, Attributes: Record<string, string>) => {
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: await queueArn(sqs, queue), Attributes }),
    );
  };
  await subscribe(labelsQueue, { RawMessageDelivery: 'true' });
  await subscribe(trackingQueue, {});
  return TopicArn;
}

/**
 * The shop's past. What Billing dead-letters itself is made by its own code, with the times at which it happened; everything else is sent
 * to the queues for the services to fail at, and SQS moves it: that takes three receives, three seconds.
 */
export async function seedSqs(
  sqs: SQSClient,
  dice: Dice,
  publishParcel: (parcel: ShopBody) => Promise<void>,
  now: number,
): Promise<void> {
  const deadCharges: ShopBody[] = [];
  for (let count = 0; count < seedCounts.billingWithError; count += 1) {
    const shape = dice.pickByShare(speaking(billingShapes));
    const body = requestedCharge(dice, timeOf(dice, now, shape.hoursAgo), shape.fault);
    const failure = await charge(body.text, brokenBilling()).then(() => null, failureFrom);
    const at = body.at + dice.between(80, 1_200);
    if (failure)
      deadCharges.push({ ...body, at, attributes: { ...body.attributes, ...billingFailureAttributes(failure, at) } });
  }
  await sendAll(sqs, billingDeadLetterQueue, deadCharges);

  await sendAll(
    sqs,
    billingQueue,
    times(seedCounts.billingRedriven, () => requestedCharge(dice, timeOf(dice, now, [1, 0]), 'gateway')),
  );
  await sendAll(
    sqs,
    subscriptionsQueue,
    times(seedCounts.subscriptions, () => changedPlan(dice, timeOf(dice, now, [1, 0]), true)),
  );
  const parcels = times(seedCounts.shipping, () =>
    packedParcel(dice, timeOf(dice, now, [1, 0]), { heavy: true, newCountry: true }),
  );
  for (const parcel of parcels) await publishParcel(parcel);
}

/** In order, oldest first. */
export async function sendAll(sqs: SQSClient, queue: string, bodies: readonly ShopBody[]): Promise<void> {
  const QueueUrl = await queueUrl(sqs, queue);
  for (const { text, attributes, group } of bodies.toSorted((one, other) => one.at - other.at)) {
    const fifo = queue.endsWith('.fifo') ? { MessageGroupId: group, MessageDeduplicationId: JSON.parse(text).id } : {};
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: text, MessageAttributes: attributes, ...fifo }));
  }
}

export async function publishToTopic(sns: SNSClient, TopicArn: string, { text, attributes }: ShopBody): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn, Message: text, MessageAttributes: attributes }));
}

function times<Item>(count: number, make: () => Item): Item[] {
  return Array.from({ length: count }, make);
}
