import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { AppError } from '#lib/domain/errors.ts';
import { type BrokerDriver, checkWithinMs, type DestinationFacts, type HeldBatch } from '#server/brokers/driver.ts';
import { browseQueue } from '#server/brokers/sqs/browse.ts';
import { createDiscovery } from '#server/brokers/sqs/discover.ts';
import { holdMessages } from '#server/brokers/sqs/hold.ts';
import { readSqsLag } from '#server/brokers/sqs/lag.ts';
import { createSqsMoveAll } from '#server/brokers/sqs/move-all.ts';
import { publishMessages } from '#server/brokers/sqs/publish.ts';
import { createQueueDirectory, type QueueAttributes } from '#server/brokers/sqs/queue-attributes.ts';
import { capabilitiesOf, leaseSeconds, refusalOf, retentionOf } from '#server/brokers/sqs/read-facts.ts';
import { createRecentIds } from '#server/brokers/sqs/recent-ids.ts';
import { createSqsClient } from '#server/brokers/sqs/sqs-client.ts';
import type { SqsPublisher } from '#server/brokers/sqs/sqs-publisher.ts';
import { createSqsReader } from '#server/brokers/sqs/sqs-reader.ts';
import { readSqsTopology } from '#server/brokers/sqs/topology.ts';
import { defaultScanLimits, type SqsSettings } from '#server/brokers/sqs/sqs-settings.ts';

/** Amazon SQS, or a server that speaks its JSON protocol. */
export function createSqsDriver(settings: SqsSettings): BrokerDriver {
  const { connection, clock, pinnedQueues = [] } = settings;
  const limits = { ...defaultScanLimits, ...settings.scan };
  const client = createSqsClient(settings);
  const place = settings.endpoint === undefined ? `SQS in ${settings.region}` : `SQS at ${settings.endpoint}`;
  const directory = createQueueDirectory(client);
  const reader = createSqsReader({ client, connection, directory, limits, clock });
  const recent = createRecentIds();
  const publisher: SqsPublisher = { client, connection, directory, recent, clock, targets: new Map() };
  const closing = new AbortController();
  const discovery = createDiscovery({
    client,
    clock,
    pinned: pinnedQueues,
    hiddenSecondsMax: limits.leaseSecondsMin,
    ...(settings.deadLetterPatterns && { patterns: settings.deadLetterPatterns }),
  });

  async function* rememberHeld(batches: AsyncIterable<HeldBatch>): AsyncGenerator<HeldBatch> {
    for await (const batch of batches) {
      // A dead letter keeps the MessageId of its first send, which a deduplicated resend is answered with.
      for (const message of batch.messages) recent.add(message.identity, `held ${message.identity}`, clock());
      yield batch;
    }
  }

  return {
    kind: 'sqs',

    async check(signal) {
      const notes: string[] = [];
      try {
        await client.call({ failure: `${place} could not be reached`, timeoutMs: checkWithinMs, signal }, (http) =>
          client.patient.send(new ListQueuesCommand({ MaxResults: 1 }), http),
        );
      } catch (error) {
        const pin = pinnedQueues[0];
        if (pin === undefined || !(error instanceof AppError && error.code === 'forbidden')) throw error;
        await directory.read(pin.name, signal);
        notes.push(
          'This account may not list queues (sqs:ListQueues): only the queues in the configuration are found.',
        );
      }
      return { product: 'Amazon SQS', version: null, notes };
    },

    discover: (signal) => discovery.find(signal),

    async inspect(queue, signal) {
      const attributes = await directory.read(queue, signal);
      const { visible, inFlight, delayed } = attributes;
      return {
        depth: { count: visible, exact: false },
        heldByOthers: inFlight,
        capabilities: capabilitiesOf(
          attributes.fifo,
          leaseSeconds(Math.min(visible, limits.browseMessagesMax), limits),
        ),
        retention: retentionOf(attributes),
        refusal: refusalOf(attributes),
        changeMark: `${visible}/${inFlight}/${delayed}`,
        countsOnly: true,
        lostBefore: [],
      };
    },

    browse: (queue, options, signal) => browseQueue(reader, queue, options, AbortSignal.any([signal, closing.signal])),

    hold: (queue, wanted, options, signal) =>
      rememberHeld(holdMessages(reader, queue, wanted, options, AbortSignal.any([signal, closing.signal]))),

    async describeDestination(destination, signal) {
      if (destination.kind !== 'sqs')
        throw new AppError(
          'unsupported',
          `Connection ${connection} is SQS and sends to its queues only. Choose another destination.`,
        );
      try {
        return describe(await directory.read(destination.queue, signal));
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'not_found')) throw error;
        return {
          exists: false,
          writable: 'no',
          receivers: [],
          maxMessageBytes: null,
          watermark: null,
          notes: [`There is no queue ${destination.queue}.`],
        };
      }
    },

    publish: (messages, options) =>
      publishMessages(publisher, messages, { ...options, signal: AbortSignal.any([options.signal, closing.signal]) }),

    async readLag(known, signal) {
      const either = AbortSignal.any([signal, closing.signal]);
      // Without a queue to ask about nothing would be asked, and who cannot be reached would count as read.
      if (known.length === 0) await this.check(either);
      return readSqsLag(directory, known, either);
    },

    topology: (signal) => readSqsTopology(discovery, AbortSignal.any([signal, closing.signal])),

    moveAll: createSqsMoveAll(client, directory),

    async close() {
      closing.abort();
      await reader.closeAll();
      client.destroy();
    },
  };
}

function describe(queue: QueueAttributes): DestinationFacts {
  const notes: string[] = [];
  if (queue.redrive === null)
    notes.push('It has no redrive policy: what fails there is received again until it expires.');
  else
    notes.push(
      `What is received ${queue.redrive.maxReceiveCount} times there without being deleted goes to ${queue.redrive.target}.`,
    );
  if (queue.fifo)
    notes.push('FIFO: a message with a deduplication id that it took in the last five minutes is dropped.');
  if (queue.retentionSeconds !== null) notes.push(`It keeps messages for ${duration(queue.retentionSeconds)}.`);
  return {
    exists: true,
    writable: 'unknown',
    receivers: [
      {
        kind: 'queue',
        name: queue.name,
        state: `${queue.visible} visible, ${queue.inFlight} in flight`,
        members: null,
        lag: queue.visible,
      },
    ],
    maxMessageBytes: queue.messageBytesMax,
    ...(queue.retentionSeconds !== null && { keepsMs: queue.retentionSeconds * 1_000 }),
    watermark: null,
    notes,
  };
}

function duration(seconds: number): string {
  if (seconds % 86_400 === 0) return seconds === 86_400 ? '1 day' : `${seconds / 86_400} days`;
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds} s`;
}
