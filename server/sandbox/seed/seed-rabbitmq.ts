import type { ConfirmChannel } from 'amqplib';
import type { Dice } from '#server/sandbox/seed/dice.ts';
import {
  placedOrder,
  requestedEmail,
  requestedInvoice,
  type ShopMessage,
} from '#server/sandbox/seed/rabbitmq-messages.ts';
import { emailShapes, invoiceShapes, seedCounts, speaking } from '#server/sandbox/seed/seed-shapes.ts';
import { timeOf } from '#server/sandbox/seed/time-of.ts';
import {
  declareEmailQueues,
  emailFailureHeaders,
  emailQueue,
  type EmailRelease,
  readRequest,
  sendRequestedMail,
} from '#server/sandbox/services/email-service.ts';
import { failureFrom } from '#server/sandbox/services/failure.ts';
import { declareFulfilmentQueues, fulfilmentQueue } from '#server/sandbox/services/fulfilment-service.ts';
import {
  brokenInvoices,
  declareInvoiceQueues,
  invoiceFailureHeaders,
  invoicesQueue,
  issue,
  readInvoice,
} from '#server/sandbox/services/invoices-service.ts';
import { maxRetries, publishConfirmed } from '#server/sandbox/services/rabbitmq-client.ts';

/**
 * Writes the shop's past. The errors come from the services' own code, with the times at which it happened; the dead-lettering itself
 * (rejected, expired, delivery limit) is the broker's, now: nobody can give x-death another time.
 */
export async function seedRabbitMq(
  channel: ConfirmChannel,
  email: EmailRelease,
  dice: Dice,
  now: number,
): Promise<number> {
  await declareEmailQueues(channel);
  await declareFulfilmentQueues(channel);
  await declareInvoiceQueues(channel);

  const deadEmails = [];
  for (let count = 0; count < seedCounts.emailsWithError; count += 1) {
    const shape = dice.pickByShare(speaking(emailShapes));
    const message = requestedEmail(dice, timeOf(dice, now, shape.hoursAgo), shape.fault);
    const request = readRequest(message.text);
    if (request === null) continue;
    const failure = await sendRequestedMail(request, email).then(() => null, failureFrom);
    if (failure) deadEmails.push(failed(message, (at) => emailFailureHeaders(failure, at), dice));
  }
  const rejected = times(seedCounts.emailsRejected, () => requestedEmail(dice, timeOf(dice, now, [1, 0]), 'malformed'));
  await publishAll(channel, emailQueue, [...deadEmails, ...rejected]);
  await rejectAll(channel, emailQueue);

  const deadInvoices = [];
  for (let count = 0; count < seedCounts.invoicesWithError; count += 1) {
    const shape = dice.pickByShare(speaking(invoiceShapes));
    const message = requestedInvoice(dice, timeOf(dice, now, shape.hoursAgo), shape.fault);
    const invoice = readInvoice(message.text);
    const failure = invoice && issue(invoice, brokenInvoices);
    if (failure) deadInvoices.push(failed(message, (at) => invoiceFailureHeaders(failure, at), dice));
  }
  await publishAll(channel, invoicesQueue, deadInvoices);
  await rejectAll(channel, invoicesQueue);

  const expired = times(seedCounts.expiredOrders, () => placedOrder(dice, timeOf(dice, now, [1, 0])));
  const crashing = times(seedCounts.invoicesThatCrashed, () =>
    requestedInvoice(dice, timeOf(dice, now, [1, 0]), 'crash'),
  );
  await publishAll(channel, fulfilmentQueue, expired);
  await publishAll(channel, invoicesQueue, crashing);
  return deadEmails.length + deadInvoices.length + rejected.length + expired.length + crashing.length;
}

/** Oldest first, as they would have come. */
async function publishAll(channel: ConfirmChannel, queue: string, messages: readonly ShopMessage[]): Promise<void> {
  const to = { exchange: '', routingKey: queue };
  const sorted = messages.toSorted((one, other) => one.at - other.at);
  await Promise.all(sorted.map(({ text, properties }) => publishConfirmed(channel, to, Buffer.from(text), properties)));
}

/** As the service does after its last retry, one by one, so that they keep their order. */
async function rejectAll(channel: ConfirmChannel, queue: string): Promise<void> {
  for (let message = await channel.get(queue); message !== false; message = await channel.get(queue))
    channel.reject(message, false);
}

function failed(message: ShopMessage, headersAt: (at: number) => Record<string, string>, dice: Dice): ShopMessage {
  const at = message.at + dice.between(200, 4_000);
  const headers = { ...message.properties.headers, ...headersAt(at), 'retry-count': maxRetries };
  return { ...message, at, properties: { ...message.properties, headers } };
}

function times<Item>(count: number, make: () => Item): Item[] {
  return Array.from({ length: count }, make);
}
