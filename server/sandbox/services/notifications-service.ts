import { setTimeout as delay } from 'node:timers/promises';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { failureFrom, type Failure } from '#server/sandbox/services/failure.ts';
import { consumerSettings, kafkaClient, kafkaProducer } from '#server/sandbox/services/kafka-client.ts';
import { abandonedPort, sendMail } from '#server/sandbox/services/mail-relay.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

export const ordersTopic = 'orders.order.completed';
export const ordersDeadLetterTopic = 'orders.order.completed.dlq';
export const notificationsGroup = 'notifications-service';

/** What differs between the broken release and the mended one. */
export interface NotificationsRelease {
  guestsGetNoReceipt: boolean;
  knowsPickups: boolean;
  versions: readonly number[];
  /** Names of currencies that other teams write, and their ISO 4217 codes. */
  currencyAliases: Readonly<Record<string, string>>;
  relayPort: number;
  businessRelayPort: number;
  renderWithinMs: number;
}

export function brokenNotifications(relayPort: number): NotificationsRelease {
  return {
    guestsGetNoReceipt: false,
    knowsPickups: false,
    versions: [1, 2],
    currencyAliases: {},
    relayPort,
    businessRelayPort: abandonedPort,
    renderWithinMs: 15,
  };
}

export function mendedNotifications(relayPort: number): NotificationsRelease {
  return {
    guestsGetNoReceipt: true,
    knowsPickups: true,
    versions: [1, 2, 3],
    currencyAliases: { EURO: 'EUR' },
    relayPort,
    businessRelayPort: relayPort,
    renderWithinMs: 5_000,
  };
}

/** Sends a receipt for each completed order; what it cannot process goes to the dead-letter topic. */
export async function startNotificationsService(options: {
  brokers: readonly string[];
  broken: NotificationsRelease;
  mended: NotificationsRelease;
  isMended: boolean;
  tally: Tally;
}): Promise<ShopService> {
  const kafka = kafkaClient(options.brokers, 'notifications-service');
  const producer = kafkaProducer(kafka);
  const consumer = kafka.consumer({ groupId: notificationsGroup, ...consumerSettings });
  let release = options.isMended ? options.mended : options.broken;
  let running = false;

  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: ordersTopic, fromBeginning: true });
  await consumer.run({
    partitionsConsumedConcurrently: 3,
    async eachMessage({ partition, message }) {
      try {
        await sendReceipt(message.value?.toString('utf8') ?? '', release);
        options.tally.processed();
      } catch (error) {
        await producer.send({
          topic: ordersDeadLetterTopic,
          messages: [deadLetter(message, partition, failureFrom(error), Date.now())],
        });
        options.tally.failed();
      }
    },
  });
  running = true;

  return {
    async setMended(mended) {
      release = mended ? options.mended : options.broken;
    },
    running: () => running,
    async stop() {
      running = false;
      await consumer.disconnect();
      await producer.disconnect();
    },
  };
}

/** The message as it goes to the dead-letter topic: key, value and headers as they came, and why it is there. */
export function deadLetter(
  message: Pick<KafkaMessage, 'key' | 'value' | 'headers'> & { offset: string },
  partition: number,
  failure: Failure,
  failedAt: number,
): { key: Buffer | null; value: Buffer | null; headers: IHeaders; timestamp: string } {
  const headers: IHeaders = {
    ...message.headers,
    'dlq-original-topic': ordersTopic,
    'dlq-original-partition': String(partition),
    'dlq-original-offset': message.offset,
    'dlq-error': failure.message,
    'dlq-error-class': failure.errorClass,
    'dlq-stack': failure.stack,
    'dlq-attempts': '1',
    'dlq-timestamp': String(failedAt),
  };
  return { key: message.key, value: message.value, headers, timestamp: String(failedAt) };
}

export async function sendReceipt(text: string, release: NotificationsRelease): Promise<void> {
  const event: OrderCompleted = JSON.parse(text);
  if (!release.versions.includes(event.version)) throw new UnsupportedVersionError(event.version, release.versions);
  const order = event.data;
  validateCustomer(order, release);
  if (order.customer.email === undefined) return;
  const receipt = await renderReceipt(order, release);
  await sendMail(receipt, order.customer.vatId === undefined ? release.relayPort : release.businessRelayPort);
}

function validateCustomer(order: Order, release: NotificationsRelease): void {
  if (release.guestsGetNoReceipt && order.customer.guest) return;
  if (order.customer.email === undefined)
    throw new ValidationError(`Order ${order.number} is invalid: customer.email is required`);
}

async function renderReceipt(order: Order, release: NotificationsRelease): Promise<{ to: string; subject: string }> {
  const shipsTo =
    release.knowsPickups && order.pickupPoint !== undefined ? order.pickupPoint : order.shippingAddress.city;
  const currency = release.currencyAliases[order.currency] ?? order.currency;
  const total = new Intl.NumberFormat('en', { style: 'currency', currency }).format(order.total);
  await layOut(order, release.renderWithinMs);
  return { to: order.customer.email ?? '', subject: `Your order ${order.number} to ${shipsTo}: ${total}` };
}

/** A page a line of the order: long orders take their time. */
async function layOut(order: Order, withinMs: number): Promise<void> {
  const lines = order.lines.length;
  if (lines < 10) return;
  await delay(lines, undefined, { signal: AbortSignal.timeout(withinMs) }).catch(() => {
    throw new RenderTimeoutError(
      `Receipt of order ${order.number} (${lines} lines) was not rendered within ${withinMs} ms`,
    );
  });
}

class ValidationError extends Error {
  override readonly name = 'ValidationError';
}

class RenderTimeoutError extends Error {
  override readonly name = 'RenderTimeoutError';
}

class UnsupportedVersionError extends Error {
  override readonly name = 'UnsupportedVersionError';

  constructor(version: number, known: readonly number[]) {
    super(`order.completed version ${version} is not supported (known: ${known.join(', ')})`);
  }
}

/** What the service believes to receive. That the address is always there was true until shops could be picked up from. */
interface OrderCompleted {
  readonly version: number;
  readonly data: Order;
}

interface Order {
  readonly number: string;
  readonly customer: { readonly email?: string; readonly guest?: boolean; readonly vatId?: string };
  readonly shippingAddress: { readonly city: string };
  readonly pickupPoint?: string;
  readonly currency: string;
  readonly total: number;
  readonly lines: readonly unknown[];
}
