import { once } from 'node:events';
import { connect } from 'node:net';
import { type Message, type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import { failureFrom, type Failure } from '#server/sandbox/services/failure.ts';
import { abandonedPort } from '#server/sandbox/services/mail-relay.ts';
import { type AwsSettings, isLastReceive, poll, queueUrl, sqsClient } from '#server/sandbox/services/sqs-client.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

export const billingQueue = 'billing';
export const billingDeadLetterQueue = 'billing-dlq';

export interface BillingRelease {
  /** Per cent, by region. */
  taxRates: Readonly<Record<string, number>>;
  gatewayPort: number;
  /** Cards that the processor takes. */
  cardBrands: readonly string[];
  stripsSpacesFromIban: boolean;
}

export function brokenBilling(): BillingRelease {
  return {
    taxRates: { DE: 19, FR: 20, SE: 25, IT: 22 },
    gatewayPort: abandonedPort,
    cardBrands: ['visa', 'mastercard'],
    stripsSpacesFromIban: false,
  };
}

export function mendedBilling(gatewayPort: number): BillingRelease {
  return {
    taxRates: { ...brokenBilling().taxRates, 'GB-NIR': 20, 'ES-CN': 7, 'PT-20': 16 },
    gatewayPort,
    cardBrands: ['visa', 'mastercard', 'girocard'],
    stripsSpacesFromIban: true,
  };
}

/**
 * Charges customers. What will never succeed is sent to the dead-letter queue at once, with the error in its attributes; when the gateway
 * does not answer, the message is left to SQS, which tries again and moves it after three receives, without a word about why.
 */
export async function startBillingService(options: {
  aws: AwsSettings;
  mended: BillingRelease;
  isMended: boolean;
  tally: Tally;
}): Promise<ShopService> {
  const client = sqsClient(options.aws);
  const deadLetterUrl = await queueUrl(client, billingDeadLetterQueue);
  let release = options.isMended ? options.mended : brokenBilling();

  const poller = await poll(client, billingQueue, async (message, receives) => {
    try {
      await charge(message.Body ?? '', release);
      options.tally.processed();
    } catch (error) {
      const failure = failureFrom(error);
      if (failure.errorClass === 'ECONNREFUSED') {
        if (isLastReceive(receives)) options.tally.failed();
        throw error;
      }
      await client.send(
        new SendMessageCommand({
          QueueUrl: deadLetterUrl,
          MessageBody: message.Body,
          MessageAttributes: { ...asSendable(message), ...billingFailureAttributes(failure, Date.now()) },
        }),
      );
      options.tally.failed();
    }
  });

  return {
    async setMended(mended) {
      release = mended ? options.mended : brokenBilling();
    },
    running: poller.running,
    async stop() {
      await poller.stop();
      client.destroy();
    },
  };
}

/** Four, so that the attributes that come with a message and those of a replay stay within the ten that SQS allows. */
export function billingFailureAttributes(failure: Failure, failedAt: number): Record<string, MessageAttributeValue> {
  return {
    'dlq-error': text(failure.message),
    'dlq-error-class': text(failure.errorClass),
    'dlq-stack': text(failure.stack),
    'dlq-timestamp': text(String(failedAt)),
  };
}

export async function charge(body: string, release: BillingRelease): Promise<void> {
  const { data }: { data: Charge } = JSON.parse(body);
  taxOf(data, release);
  checkMeans(data, release);
  const gateway = connect({ host: '127.0.0.1', port: release.gatewayPort });
  try {
    await once(gateway, 'connect');
  } finally {
    gateway.destroy();
  }
}

function taxOf(charged: Charge, release: BillingRelease): number {
  const rate = release.taxRates[charged.region];
  if (rate === undefined)
    throw new TaxRateError(`No tax rate for region ${charged.region} (invoice ${charged.invoice})`);
  return (charged.amount * rate) / 100;
}

function checkMeans({ means, invoice }: Charge, release: BillingRelease): void {
  if (means.kind === 'card' && !release.cardBrands.includes(means.brand)) {
    throw new CardNotSupportedError(`Card brand ${means.brand} is not supported by the processor (invoice ${invoice})`);
  }
  if (means.kind === 'iban' && /\s/.test(means.iban) && !release.stripsSpacesFromIban) {
    throw new RangeError(
      `IBAN of invoice ${invoice} has ${means.iban.length} characters, more than the 34 of ISO 13616 or with spaces`,
    );
  }
}

class TaxRateError extends Error {
  override readonly name = 'TaxRateError';
}

class CardNotSupportedError extends Error {
  override readonly name = 'CardNotSupportedError';
}

interface Charge {
  readonly invoice: string;
  readonly region: string;
  readonly amount: number;
  readonly means: { readonly kind: 'card'; readonly brand: string } | { readonly kind: 'iban'; readonly iban: string };
}

/** Attributes as they were received, without the lists that may be received and must not be sent. */
export function asSendable(message: Message): Record<string, MessageAttributeValue> {
  const entries = Object.entries(message.MessageAttributes ?? {});
  return Object.fromEntries(
    entries.map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      BinaryValue === undefined ? { DataType, StringValue } : { DataType, BinaryValue },
    ]),
  );
}

function text(value: string): MessageAttributeValue {
  return { DataType: 'String', StringValue: value };
}
