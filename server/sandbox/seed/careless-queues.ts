import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Channel } from 'amqplib';

/*
 * Set up in a hurry, and read by nobody yet: what the page of risks is for.
 */

/** Dead-letters to an exchange that nobody declared. */
export async function declareCarelessQueue(channel: Channel): Promise<void> {
  const toNowhere = { 'x-dead-letter-exchange': 'gift_cards_dlx' };
  await channel.assertQueue('gift_cards', { durable: true, arguments: toNowhere });
}

/** Has no dead-letter queue. */
export async function createCarelessQueue(sqs: SQSClient): Promise<void> {
  await sqs.send(new CreateQueueCommand({ QueueName: 'newsletter' }));
}
