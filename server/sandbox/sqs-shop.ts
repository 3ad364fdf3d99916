import { SNSClient } from '@aws-sdk/client-sns';
import { startLocalFauxqs } from '#server/local-brokers/fauxqs.ts';
import { type BrokerShop, endAll, type ShopContext } from '#server/sandbox/broker-shop.ts';
import { sandboxCredentials, sandboxRegion } from '#server/sandbox/catalogue.ts';
import type { SandboxPorts } from '#server/sandbox/sandbox-contract.ts';
import { createQueues, publishToTopic, seedSqs, sendAll } from '#server/sandbox/seed/seed-sqs.ts';
import { billingShapes } from '#server/sandbox/seed/seed-shapes.ts';
import { changedPlan, packedParcel, requestedCharge } from '#server/sandbox/seed/sqs-messages.ts';
import { billingQueue, mendedBilling, startBillingService } from '#server/sandbox/services/billing-service.ts';
import { startPaymentGateway } from '#server/sandbox/services/payment-gateway.ts';
import { startLabelsService, startTrackingService } from '#server/sandbox/services/shipping-services.ts';
import { type AwsSettings, sqsClient } from '#server/sandbox/services/sqs-client.ts';
import { startSubscriptionsService, subscriptionsQueue } from '#server/sandbox/services/subscriptions-service.ts';

/** Billing, subscriptions and shipping: SQS and SNS, served by this thread, in memory; so the past is written at every start. */
export async function openSqsShop(context: ShopContext, ports: SandboxPorts['sqs']): Promise<BrokerShop> {
  const { step, dice } = context;
  step('Starting fauxqs');
  const server = await startLocalFauxqs({ port: ports.http });
  const ending: (() => Promise<unknown>)[] = [() => server.stop()];
  try {
    const aws = awsSettings(ports);
    const sqs = sqsClient(aws);
    const sns = new SNSClient(aws);
    const gateway = await startPaymentGateway();
    ending.unshift(gateway.stop, async () => [sqs.destroy(), sns.destroy()]);
    const topicArn = await createQueues(sqs, sns);

    step('Starting the services on SQS');
    const billing = await startBillingService({
      aws,
      mended: mendedBilling(gateway.port),
      isMended: context.isMended('billing'),
      tally: context.tally('billing'),
    });
    ending.unshift(billing.stop);
    const subscriptions = await startSubscriptionsService({
      aws,
      isMended: context.isMended('subscriptions'),
      tally: context.tally('subscriptions'),
    });
    ending.unshift(subscriptions.stop);
    const labels = await startLabelsService({
      aws,
      isMended: context.isMended('labels'),
      tally: context.tally('labels'),
    });
    ending.unshift(labels.stop);
    const tracking = await startTrackingService({
      aws,
      isMended: context.isMended('tracking'),
      tally: context.tally('tracking'),
    });
    ending.unshift(tracking.stop);

    step('Writing the past of billing and shipping');
    await seedSqs(sqs, dice, (parcel) => publishToTopic(sns, topicArn, parcel), Date.now());
    return {
      services: new Map([
        ['billing', billing],
        ['subscriptions', subscriptions],
        ['labels', labels],
        ['tracking', tracking],
      ]),
      async trade(throwing) {
        const now = Date.now();
        const chance = throwing.roll();
        if (chance < 0.6) {
          const { fault } = throwing.pickByShare(billingShapes);
          await sendAll(sqs, billingQueue, [
            requestedCharge(throwing, now, fault),
            requestedCharge(throwing, now, null),
          ]);
        } else if (chance < 0.8) {
          await sendAll(sqs, subscriptionsQueue, [changedPlan(throwing, now, true), changedPlan(throwing, now, false)]);
        } else {
          const heavy = throwing.roll() < 0.5;
          await publishToTopic(sns, topicArn, packedParcel(throwing, now, { heavy, newCountry: !heavy }));
        }
      },
      stop: () => endAll(ending),
    };
  } catch (error) {
    await endAll(ending);
    throw error;
  }
}

function awsSettings(ports: SandboxPorts['sqs']): AwsSettings {
  return { endpoint: `http://127.0.0.1:${ports.http}`, region: sandboxRegion, credentials: { ...sandboxCredentials } };
}
