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
  attempts,
  declareEmailQueues,
  emailDeadLetterExchange,
  emailFailureHeaders,
  emailQueue,
  type EmailRelease,
  emailRoutingKey,
  readRequest,
  sendRequestedMail,
} from '#server/sandbox/services/email-service.ts';
import { failureFrom } from '#server/sandbox/services/failure.ts';
import { declareFulfilmentQueues, fulfilmentQueue } from '#server/sandbox/services/fulfilment-service.ts';
import {
  brokenInvoices,
  declareInvoiceQueues,
  invoiceFailureHeaders,
  invoicesDeadLetterQueue,
  invoicesQueue,
  issue,
  readInvoice,
} from '#server/sandbox/services/invoices-service.ts';
import { publishConfirmed } from '#server/sandbox/services/rabbitmq-client.ts';

/**
 * Writes the shop's past. Dead letters that the services publish themselves are made by the services' own code, with the times at which it
 * happened; those that the broker makes (rejected, expired, delivery limit) are made by it, now: nobody can give x-death another time.
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
    if (failure) deadEmails.push(failed(message, (at) => emailFailureHeaders(failure, attempts, at), dice));
  }
  const to = { exchange: emailDeadLetterExchange, routingKey: emailRoutingKey };
  await publishAll(channel, to, deadEmails);

  const deadInvoices = [];
  for (let count = 0; count < seedCounts.invoicesWithError; count += 1) {
    const shape = dice.pickByShare(speaking(invoiceShapes));
    const message = requestedInvoice(dice, timeOf(dice, now, shape.hoursAgo), shape.fault);
    const invoice = readInvoice(message.text);
    const failure = invoice && issue(invoice, brokenInvoices);
    if (failure) deadInvoices.push(failed(message, (at) => invoiceFailureHeaders(failure, at), dice));
  }
  await publishAll(channel, { exchange: '', routingKey: invoicesDeadLetterQueue }, deadInvoices);

  const rejected = times(seedCounts.emailsRejected, () => requestedEmail(dice, timeOf(dice, now, [1, 0]), 'malformed'));
  const expired = times(seedCounts.expiredOrders, () => placedOrder(dice, timeOf(dice, now, [1, 0])));
  const crashing = times(seedCounts.invoicesThatCrashed, () =>
    requestedInvoice(dice, timeOf(dice, now, [1, 0]), 'crash'),
  );
  await publishAll(channel, { exchange: '', routingKey: emailQueue }, rejected);
  await publishAll(channel, { exchange: '', routingKey: fulfilmentQueue }, expired);
  await publishAll(channel, { exchange: '', routingKey: invoicesQueue }, crashing);
  return deadEmails.length + deadInvoices.length + rejected.length + expired.length + crashing.length;
}

/** Oldest first, as they would have come. */
async function publishAll(
  channel: ConfirmChannel,
  to: { exchange: string; routingKey: string },
  messages: readonly ShopMessage[],
): Promise<void> {
  const sorted = messages.toSorted((one, other) => one.at - other.at);
  await Promise.all(
    sorted.map((message) => publishConfirmed(channel, to, Buffer.from(message.text), message.properties)),
  );
}

function failed(
  message: ShopMessage,
  headersAt: (at: number) => Record<string, string | number>,
  dice: Dice,
): ShopMessage {
  const at = message.at + dice.between(200, 4_000);
  return {
    ...message,
    at,
    properties: { ...message.properties, headers: { ...message.properties.headers, ...headersAt(at) } },
  };
}

function times<Item>(count: number, make: () => Item): Item[] {
  return Array.from({ length: count }, make);
}
