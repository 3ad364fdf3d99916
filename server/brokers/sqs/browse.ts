import { AppError } from '#lib/domain/errors.ts';
import type { BrowseBatch, BrowseEnd, BrowseOptions } from '#server/brokers/driver.ts';
import type { Lease } from '#server/brokers/sqs/lease.ts';
import type { QueueAttributes } from '#server/brokers/sqs/queue-attributes.ts';
import { leaseSeconds, refuseUnlessInsisted } from '#server/brokers/sqs/read-facts.ts';
import { scan, type ScanEnd } from '#server/brokers/sqs/scan.ts';
import { toDeadLetter } from '#server/brokers/sqs/sqs-messages.ts';
import type { SqsReader } from '#server/brokers/sqs/sqs-reader.ts';

/** Asking stops at this part of the lease, so that everything can be given back while it is still ours. */
const askingShare = 0.6;

export async function* browseQueue(
  reader: SqsReader,
  queue: string,
  options: BrowseOptions,
  signal: AbortSignal,
): AsyncGenerator<BrowseBatch, void> {
  if (options.from !== null || options.backwards === true) {
    throw new AppError(
      'unsupported',
      `Queue ${queue} cannot be read from a position: SQS has none. Browse it from the beginning.`,
    );
  }
  const { clock, limits } = reader;
  // Read just before the scan: the policy may have been set since the queue was listed.
  const before = await reader.directory.read(queue, signal);
  refuseUnlessInsisted(before, options.insist ?? false);

  const limit = Math.min(options.limit ?? limits.browseMessagesMax, limits.browseMessagesMax);
  const expected = Math.min(before.visible, limit);
  const seconds = leaseSeconds(expected, limits);
  const lease = reader.open(before, seconds);
  let read = 0;
  const progress = (): BrowseBatch['progress'] => ({ read, of: Math.max(read, before.visible), exact: false });
  try {
    const until = clock() + seconds * 1000 * askingShare;
    const rounds = scan(lease, { queue, expected, limit, pollers: limits.pollers, until, clock, signal });
    let step = await rounds.next();
    while (step.done !== true) {
      read += step.value.length;
      yield {
        messages: step.value.map((message) => toDeadLetter(message, before.fifo)),
        cursor: null,
        progress: progress(),
        end: null,
      };
      step = await rounds.next();
    }
    const end = await endOf(reader, step.value, before, lease, read);
    // Given back before the last batch: whoever has seen the end may rely on it.
    await lease.release();
    yield { messages: [], cursor: null, progress: progress(), end };
  } finally {
    await reader.close(lease);
  }
}

async function endOf(
  reader: SqsReader,
  ended: ScanEnd,
  before: QueueAttributes,
  lease: Lease,
  read: number,
): Promise<BrowseEnd> {
  if (ended === 'limit') return { complete: false, reason: 'limit', lostBefore: [] };
  if (ended === 'time') return { complete: false, reason: 'lease', lostBefore: [] };
  if (await sawEverything(reader, before, lease, read))
    return { complete: true, reason: 'reached-end', lostBefore: [] };
  return { complete: false, reason: before.fifo ? 'heads-of-groups' : 'sampled', lostBefore: [] };
}

/** Proven by the counts from before, when nobody else held any, or by those of now, when all that are left are ours. */
async function sawEverything(reader: SqsReader, before: QueueAttributes, lease: Lease, read: number): Promise<boolean> {
  if (before.inFlight === 0 && before.delayed === 0 && read >= before.visible && read > 0) return true;
  const now = await reader.directory.read(before.name);
  return now.visible === 0 && now.delayed === 0 && now.inFlight <= lease.held();
}
