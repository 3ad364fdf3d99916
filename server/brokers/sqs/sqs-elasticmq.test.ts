import { textHeader } from '#lib/domain/message.ts';
import { describeFifoQueues } from '#server/brokers/sqs/testing/fifo-clauses.ts';
import { createSqsHarness, inMemoryWithoutUsers } from '#server/brokers/sqs/sqs-harness.ts';
import { describeStandardQueues } from '#server/brokers/sqs/testing/standard-clauses.ts';
import { describeConformance } from '#server/brokers/testing/conformance.ts';

const endpoint = process.env['TEST_SQS_ENDPOINT'];
if (endpoint === undefined) throw new Error('TEST_SQS_ENDPOINT is not set: run `node scripts/brokers.ts up` first.');

const harness = createSqsHarness({
  label: 'sqs elasticmq',
  endpoint,
  variants: ['standard', 'fifo'],
  senderProperties: [textHeader('AWSTraceHeader', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1')],
  serverCannot: {
    ...inMemoryWithoutUsers,
    'how long messages are kept is told': 'ElasticMQ has no MessageRetentionPeriod.',
    'how long a queue keeps its messages is told with its place': 'ElasticMQ has no MessageRetentionPeriod.',
  },
  // ElasticMQ keeps no MaximumMessageSize; a FIFO queue refuses what has no group.
  rejecting: { FifoQueue: 'true' },
});

describeStandardQueues(harness);
describeFifoQueues(harness);
describeConformance(harness);
