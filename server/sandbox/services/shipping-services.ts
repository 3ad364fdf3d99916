import type { Message } from '@aws-sdk/client-sqs';
import { type AwsSettings, isLastReceive, poll, sqsClient } from '#server/sandbox/services/sqs-client.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

export const shippingTopic = 'shipping-events';
export const labelsQueue = 'shipping-raw';
export const labelsDeadLetterQueue = 'shipping-raw-dlq';
export const trackingQueue = 'shipping-enveloped';
export const trackingDeadLetterQueue = 'shipping-enveloped-dlq';

interface Parcel {
  readonly parcel: string;
  readonly weightKg: number;
  readonly country: string;
}

/** Prints labels. Its queue is subscribed with raw delivery: the body is the event. */
export async function startLabelsService(options: ServiceOptions): Promise<ShopService> {
  return await startShippingService(labelsQueue, options, (message, isMended) => {
    const { data }: { data: Parcel } = JSON.parse(message.Body ?? '');
    if (data.weightKg > 30 && !isMended) throw new Error(`No carrier for parcel ${data.parcel} of ${data.weightKg} kg`);
  });
}

/** Follows parcels. Its queue is subscribed without raw delivery: the body is a notification of SNS with the event inside. */
export async function startTrackingService(options: ServiceOptions): Promise<ShopService> {
  const countries = ['DE', 'FR', 'CH', 'SE'];
  return await startShippingService(trackingQueue, options, (message, isMended) => {
    const notification: { Message: string } = JSON.parse(message.Body ?? '');
    const { data }: { data: Parcel } = JSON.parse(notification.Message);
    if (!countries.includes(data.country) && !isMended) throw new RangeError(`Country ${data.country} is not served`);
  });
}

interface ServiceOptions {
  aws: AwsSettings;
  isMended: boolean;
  tally: Tally;
}

async function startShippingService(
  queue: string,
  options: ServiceOptions,
  ship: (message: Message, isMended: boolean) => void,
): Promise<ShopService> {
  const client = sqsClient(options.aws);
  let isMended = options.isMended;
  const poller = await poll(client, queue, async (message, receives) => {
    try {
      ship(message, isMended);
      options.tally.processed();
    } catch (error) {
      if (isLastReceive(receives)) options.tally.failed();
      throw error;
    }
  });
  return {
    async setMended(mended) {
      isMended = mended;
    },
    running: poller.running,
    async stop() {
      await poller.stop();
      client.destroy();
    },
  };
}
