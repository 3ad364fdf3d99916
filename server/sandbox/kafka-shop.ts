import { localKafkaAvailable, startLocalKafka } from '#server/local-brokers/kafka.ts';
import { type BrokerShop, endAll, NotStarted, type ShopContext } from '#server/sandbox/broker-shop.ts';
import type { SandboxPorts } from '#server/sandbox/sandbox-contract.ts';
import { seedOnce } from '#server/sandbox/seed-once.ts';
import { capturedPayment, completedOrder, type ShopRecord } from '#server/sandbox/seed/kafka-messages.ts';
import { createTopics, seedKafka } from '#server/sandbox/seed/seed-kafka.ts';
import { orderShapes, paymentShapes } from '#server/sandbox/seed/seed-shapes.ts';
import { kafkaClient, kafkaProducer } from '#server/sandbox/services/kafka-client.ts';
import { paymentsTopic, startLedgerService } from '#server/sandbox/services/ledger-service.ts';
import { startMailRelay } from '#server/sandbox/services/mail-relay.ts';
import {
  brokenNotifications,
  mendedNotifications,
  ordersTopic,
  startNotificationsService,
} from '#server/sandbox/services/notifications-service.ts';

/** Orders and payments: Kafka with the services Notifications and Ledger. */
export async function openKafkaShop(context: ShopContext, ports: SandboxPorts['kafka']): Promise<BrokerShop> {
  const { folder, step, dice } = context;
  const available = await localKafkaAvailable();
  if (!available.available) throw new NotStarted(available.reason, available.remedy);
  step('Starting Kafka');
  const broker = await startLocalKafka({
    folder,
    ports: { plaintext: ports.plaintext, controller: ports.controller },
    log: step,
  });
  const ending: (() => Promise<void>)[] = [() => broker.stop()];
  try {
    const brokers = [`127.0.0.1:${broker.ports['plaintext']}`];
    const relay = await startMailRelay(() => true);
    ending.unshift(relay.stop);
    const broken = brokenNotifications(relay.port);

    await seedOnce(folder, async () => {
      step('Writing the past of orders and payments');
      await createTopics(brokers);
      return await seedKafka({ brokers, notifications: broken, dice, now: Date.now() });
    });

    step('Starting the services on Kafka');
    const producer = kafkaProducer(kafkaClient(brokers, 'storefront'));
    await producer.connect();
    ending.unshift(() => producer.disconnect());
    const [notifications, ledger] = await Promise.all([
      startNotificationsService({
        brokers,
        broken,
        mended: mendedNotifications(relay.port),
        isMended: context.isMended('notifications'),
        tally: context.tally('notifications'),
      }),
      startLedgerService({ brokers, isMended: context.isMended('ledger'), tally: context.tally('ledger') }),
    ]);
    ending.unshift(async () => void (await Promise.all([notifications.stop(), ledger.stop()])));

    const send = async (topic: string, ...records: readonly ShopRecord[]) => {
      const messages = records.map(({ key, text, headers, at }) => ({
        key,
        value: text,
        headers,
        timestamp: String(at),
      }));
      await producer.send({ topic, messages });
    };
    return {
      services: new Map([
        ['notifications', notifications],
        ['ledger', ledger],
      ]),
      async trade(throwing) {
        const now = Date.now();
        if (throwing.roll() < 0.7) {
          const { fault } = throwing.pickByShare(orderShapes);
          await send(ordersTopic, completedOrder(throwing, now, fault), completedOrder(throwing, now, null));
        } else {
          const { fault } = throwing.pickByShare(paymentShapes);
          await send(paymentsTopic, capturedPayment(throwing, now, fault), capturedPayment(throwing, now, null));
        }
      },
      stop: () => endAll(ending),
    };
  } catch (error) {
    await endAll(ending);
    throw error;
  }
}
