import { describeFifoQueues } from '#server/brokers/sqs/testing/fifo-clauses.ts';
import { createSqsHarness, inMemoryWithoutUsers, type SqsHarnessOptions } from '#server/brokers/sqs/sqs-harness.ts';
import { describeStandardQueues } from '#server/brokers/sqs/testing/standard-clauses.ts';
import { describeConformance } from '#server/brokers/testing/conformance.ts';
import { startLocalFauxqs } from '#server/local-brokers/fauxqs.ts';

const oneOfAGroup = 'fauxqs gives out one message of a FIFO group at a time, where SQS gives up to ten.';

async function onFauxqs(options: Pick<SqsHarnessOptions, 'label' | 'variants' | 'serverCannot'>) {
  const server = await startLocalFauxqs();
  return createSqsHarness({
    ...options,
    endpoint: server.endpoint,
    // fauxqs drops AWSTraceHeader.
    senderProperties: [],
    rejecting: { MaximumMessageSize: '1024', ...(options.variants[0] === 'fifo' && { FifoQueue: 'true' }) },
    stop: server.stop,
  });
}

// A harness declares for all its variants at once what the server cannot do, so FIFO has one of its own.
const standard = await onFauxqs({
  label: 'sqs fauxqs',
  variants: ['standard'],
  serverCannot: inMemoryWithoutUsers,
});
const fifo = await onFauxqs({
  label: 'sqs fauxqs fifo',
  variants: ['fifo'],
  serverCannot: {
    ...inMemoryWithoutUsers,
    'order is kept within a lane': oneOfAGroup,
    'held messages come in the order of their lane, whatever the order of the wish': oneOfAGroup,
    'wanted messages that are not there are not yielded, and that is no error': oneOfAGroup,
  },
});

describeStandardQueues(standard);
describeFifoQueues(fifo);
describeConformance(standard);
describeConformance(fifo);
