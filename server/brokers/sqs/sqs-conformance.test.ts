import { textHeader } from '#lib/domain/message.ts';
import { createSqsHarness, type SqsHarnessOptions } from '#server/brokers/sqs/sqs-harness.ts';
import { describeSqsClauses } from '#server/brokers/sqs/sqs-clauses.ts';
import { describeConformance } from '#server/brokers/testing/conformance.ts';
import { startLocalFauxqs } from '#server/local-brokers/fauxqs.ts';

const endpoint = process.env['TEST_SQS_ENDPOINT'];
if (endpoint === undefined) throw new Error('TEST_SQS_ENDPOINT is not set: run `node scripts/brokers.ts up` first.');

const noUsers = 'The server knows no users and takes any key.';
const inMemory = 'The server keeps its messages in memory: a restart empties it.';
const neither = {
  'a wrong password is said to be one': noUsers,
  'a missing permission is said to be one, to read and to send': noUsers,
  'a restart of the broker amid a browse loses nothing': inMemory,
};

const oneOfAGroup = 'fauxqs gives out one message of a FIFO group at a time, where SQS gives up to ten.';

const elasticMq: SqsHarnessOptions = {
  label: 'sqs elasticmq',
  endpoint,
  variants: ['standard', 'fifo'],
  senderProperties: [textHeader('AWSTraceHeader', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1')],
  serverCannot: neither,
  // ElasticMQ keeps no MaximumMessageSize; a FIFO queue refuses what has no group.
  rejecting: { fifo: true, attributes: {} },
};

async function fauxqs(): Promise<Omit<SqsHarnessOptions, 'label' | 'variants'>> {
  const server = await startLocalFauxqs();
  return {
    endpoint: server.endpoint,
    senderProperties: [],
    serverCannot: neither,
    rejecting: { fifo: false, attributes: { MaximumMessageSize: '1024' } },
    stop: server.stop,
  };
}

const standardFauxqs = await fauxqs();
const fifoFauxqs = await fauxqs();

const harnesses = [
  createSqsHarness(elasticMq),
  createSqsHarness({ ...standardFauxqs, label: 'sqs fauxqs', variants: ['standard'] }),
  createSqsHarness({
    ...fifoFauxqs,
    label: 'sqs fauxqs fifo',
    variants: ['fifo'],
    rejecting: { fifo: true, attributes: { MaximumMessageSize: '1024' } },
    serverCannot: {
      ...neither,
      'order is kept within a lane': oneOfAGroup,
      'held messages come in the order of their lane, whatever the order of the wish': oneOfAGroup,
      'wanted messages that are not there are not yielded, and that is no error': oneOfAGroup,
    },
  }),
];

for (const harness of harnesses) {
  describeSqsClauses(harness);
  describeConformance(harness);
}
