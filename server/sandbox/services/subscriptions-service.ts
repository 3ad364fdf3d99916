import { type AwsSettings, isLastReceive, poll, sqsClient } from '#server/sandbox/services/sqs-client.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

export const subscriptionsQueue = 'billing-events.fifo';
export const subscriptionsDeadLetterQueue = 'billing-events-dlq.fifo';

const plans = ['basic', 'plus'];
const retiredPlans = ['family-2019', 'student'];

/** Changes subscriptions, in order for each customer. It throws, and leaves everything else to SQS. */
export async function startSubscriptionsService(options: {
  aws: AwsSettings;
  isMended: boolean;
  tally: Tally;
}): Promise<ShopService> {
  const client = sqsClient(options.aws);
  let knownPlans = options.isMended ? [...plans, ...retiredPlans] : plans;

  const poller = await poll(client, subscriptionsQueue, async (message, receives) => {
    const { data }: { data: { plan: string; customerId: number } } = JSON.parse(message.Body ?? '');
    if (!knownPlans.includes(data.plan)) {
      if (isLastReceive(receives)) options.tally.failed();
      throw new Error(`Plan ${data.plan} does not exist`);
    }
    options.tally.processed();
  });

  return {
    async setMended(mended) {
      knownPlans = mended ? [...plans, ...retiredPlans] : plans;
    },
    running: poller.running,
    async stop() {
      await poller.stop();
      client.destroy();
    },
  };
}
