import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { QueueAttributes } from '#server/brokers/sqs/queue-attributes.ts';
import type { Pending } from '#server/brokers/sqs/send-queue.ts';
import { certainlyNotSent, entryError } from '#server/brokers/sqs/sqs-errors.ts';
import { isOver, type Outcome, type SendTime, type SqsPublisher } from '#server/brokers/sqs/sqs-publisher.ts';

/** After an abort, a request that is under way gets so long to answer: its outcome is worth more than the haste. */
const abortGraceMs = 2_000;

/** One request. Settles every message of the batch, or returns the failure for which sending should end; then those that were certainly not sent are not settled. */
export async function sendBatch(
  publisher: SqsPublisher,
  target: QueueAttributes,
  batch: readonly Pending[],
  time: SendTime,
  settle: (pending: Pending, outcome: Outcome) => void,
): Promise<AppError | null> {
  const { client, connection } = publisher;
  const queue = target.name;
  const failure = `The message could not be sent to queue ${queue}`;
  const grace = graceful(time.signal);
  try {
    const command = new SendMessageBatchCommand({
      QueueUrl: target.url,
      Entries: batch.map(({ entry }, index) => ({ Id: String(index), ...entry })),
    });
    const answer = await client.call(
      { failure, queue, timeoutMs: Math.max(Math.ceil(time.remainingMs()), 1), signal: grace.signal },
      (http) => client.once.send(command, http),
    );
    for (const [index, pending] of batch.entries()) {
      const taken = answer.Successful?.find((entry) => entry.Id === String(index));
      const refused = answer.Failed?.find((entry) => entry.Id === String(index));
      if (taken?.MessageId !== undefined) settle(pending, sentOrDuplicate(publisher, target, pending, taken.MessageId));
      else if (refused !== undefined)
        settle(pending, { kind: 'failed', error: entryError(refused.Code, { connection, queue, failure }) });
      else settle(pending, unknown(new AppError('internal', `${failure}: the answer does not mention it.`)));
    }
    return null;
  } catch (error) {
    const reason =
      error instanceof AppError
        ? error
        : new AppError('internal', `${failure}. The cause is not known.`, { cause: error });
    if (!certainlyNotSent(reason)) {
      for (const pending of batch) settle(pending, unknown(reason));
      return reason;
    }
    if (!concernsMessage(reason)) return reason;
    if (batch.length === 1) {
      for (const pending of batch) settle(pending, { kind: 'failed', error: toErrorRecord(reason) });
      return null;
    }
  } finally {
    grace.done();
  }
  // One entry can make SQS refuse a whole batch; alone, the others pass.
  for (const pending of batch) {
    const reason = isOver(queue, time) ?? (await sendBatch(publisher, target, [pending], time, settle));
    if (reason !== null) return reason;
  }
  return null;
}

/**
 * A FIFO queue answers a deduplicated send with success and the MessageId of the first one (SendMessage in the API reference). When that
 * was the same item, it is our own repetition and the message is there once; when it was another, or the dead letter's own first send, this one is not.
 */
function sentOrDuplicate(
  { recent, clock }: SqsPublisher,
  target: QueueAttributes,
  { message }: Pending,
  messageId: string,
): Outcome {
  if (!target.fifo) return { kind: 'sent', position: messageId };
  const owner = recent.find(messageId, clock());
  if (owner === null || owner === message.ref) {
    recent.add(messageId, message.ref, clock());
    return { kind: 'sent', position: messageId };
  }
  const text = `Queue ${target.name} has dropped it as a duplicate: it took a message with this deduplication id in the last five minutes. Send it again later, or as a new replay.`;
  return {
    kind: 'failed',
    error: {
      code: 'rejected',
      message: text,
      details: { queue: target.name, reason: 'duplicate', duplicateOf: messageId },
    },
  };
}

function concernsMessage(error: AppError): boolean {
  return error.code === 'rejected' || error.code === 'too_large' || error.code === 'unencodable';
}

function unknown(reason: AppError): Outcome {
  const { code, message, details } = toErrorRecord(reason);
  const text = `${message} It may have been sent: look for it in the queue before sending it again.`;
  return { kind: 'unknown', error: { code, message: text, ...(details && { details }) } };
}

/** The same abort, a little later. */
function graceful(signal: AbortSignal): { readonly signal: AbortSignal; done(): void } {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => later.abort(), abortGraceMs);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return {
    signal: later.signal,
    done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', start);
    },
  };
}
