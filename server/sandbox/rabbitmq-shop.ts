import { localRabbitMqAvailable, shovelPlugins, startLocalRabbitMq } from '#server/local-brokers/rabbitmq.ts';
import { type BrokerShop, endAll, NotStarted, type ShopContext } from '#server/sandbox/broker-shop.ts';
import type { SandboxPorts } from '#server/sandbox/sandbox-contract.ts';
import { seedOnce } from '#server/sandbox/seed-once.ts';
import {
  newMailboxDomain,
  placedOrder,
  requestedEmail,
  requestedInvoice,
  type ShopMessage,
} from '#server/sandbox/seed/rabbitmq-messages.ts';
import { declareCarelessQueue } from '#server/sandbox/seed/careless-queues.ts';
import { seedRabbitMq } from '#server/sandbox/seed/seed-rabbitmq.ts';
import { emailShapes, invoiceShapes } from '#server/sandbox/seed/seed-shapes.ts';
import { brokenEmail, emailQueue, mendedEmail, startEmailService } from '#server/sandbox/services/email-service.ts';
import { fulfilmentQueue, startFulfilmentService } from '#server/sandbox/services/fulfilment-service.ts';
import { invoicesQueue, startInvoicesService } from '#server/sandbox/services/invoices-service.ts';
import { startMailRelay } from '#server/sandbox/services/mail-relay.ts';
import { connectRabbitMq, publishConfirmed } from '#server/sandbox/services/rabbitmq-client.ts';

/** E-mail, the warehouse and invoices: RabbitMQ. */
export async function openRabbitMqShop(context: ShopContext, ports: SandboxPorts['rabbitmq']): Promise<BrokerShop> {
  const { folder, step, dice } = context;
  const available = await localRabbitMqAvailable();
  if (!available.available) throw new NotStarted(available.reason, available.remedy);
  step('Starting RabbitMQ');
  const broker = await startLocalRabbitMq({ folder, ports, log: step, plugins: shovelPlugins });
  const ending: (() => Promise<unknown>)[] = [() => broker.stop()];
  try {
    const url = `amqp://guest:guest@127.0.0.1:${broker.ports['amqp']}`;
    const primary = await startMailRelay(() => true);
    const stale = await startMailRelay((mailbox) => !mailbox.endsWith(`@${newMailboxDomain}`));
    ending.unshift(primary.stop, stale.stop);
    const broken = brokenEmail(stale.port);

    const connection = await connectRabbitMq(url, async () => {});
    ending.unshift(() => connection.close());
    await seedOnce(folder, async () => {
      step('Writing the past of e-mails and invoices');
      const channel = await connection.createConfirmChannel();
      const count = await seedRabbitMq(channel, broken, dice, Date.now());
      await channel.close();
      return count;
    });

    const declaring = await connection.createChannel();
    await declareCarelessQueue(declaring);
    await declaring.close();

    step('Starting the services on RabbitMQ');
    const mended = mendedEmail(primary.port);
    const [email, fulfilment, invoices] = await Promise.all([
      startEmailService({ url, broken, mended, isMended: context.isMended('email'), tally: context.tally('email') }),
      startFulfilmentService({ url, isMended: context.isMended('fulfilment'), tally: context.tally('fulfilment') }),
      startInvoicesService({ url, isMended: context.isMended('invoices'), tally: context.tally('invoices') }),
    ]);
    ending.unshift(() => Promise.all([email.stop(), fulfilment.stop(), invoices.stop()]));

    const send = async (queue: string, ...messages: readonly ShopMessage[]) => {
      const channel = await connection.createConfirmChannel();
      channel.on('error', () => {});
      const to = { exchange: '', routingKey: queue };
      await Promise.all(
        messages.map(({ text, properties }) => publishConfirmed(channel, to, Buffer.from(text), properties)),
      );
      await channel.close();
    };
    return {
      services: new Map([
        ['email', email],
        ['fulfilment', fulfilment],
        ['invoices', invoices],
      ]),
      async trade(throwing) {
        const now = Date.now();
        const chance = throwing.roll();
        if (chance < 0.6) {
          const { fault } = throwing.pickByShare(emailShapes);
          await send(emailQueue, requestedEmail(throwing, now, fault), requestedEmail(throwing, now, null));
        } else if (chance < 0.8) {
          await send(fulfilmentQueue, placedOrder(throwing, now));
        } else {
          const { fault } = throwing.pickByShare(invoiceShapes);
          await send(invoicesQueue, requestedInvoice(throwing, now, fault), requestedInvoice(throwing, now, null));
        }
      },
      stop: () => endAll(ending),
    };
  } catch (error) {
    await endAll(ending);
    throw error;
  }
}
