import { AppError, type ErrorDetails, toErrorRecord } from '#lib/domain/errors.ts';
import { heldBack, isHeldBack } from '#server/brokers/backpressure.ts';
import type { OutgoingMessage, PublishOptions, PublishOutcome } from '#server/brokers/driver.ts';
import type { QueueAttributes } from '#server/brokers/sqs/queue-attributes.ts';
import { sendBatch } from '#server/brokers/sqs/send-batch.ts';
import { createSendQueue, type Lane, type Pending } from '#server/brokers/sqs/send-queue.ts';
import { encodeMessage, tooLarge } from '#server/brokers/sqs/sqs-messages.ts';
import { isOver, type Outcome, type SendTime, type SqsPublisher } from '#server/brokers/sqs/sqs-publisher.ts';

type Outcomes = Map<OutgoingMessage, Outcome>;

const batchesAtOnce = 4;
const targetFactsMs = 60_000;

/** See the contract of `BrokerDriver.publish`. Queues are sent to one after the other, the groups of a FIFO queue side by side. */
export async function publishMessages(
  publisher: SqsPublisher,
  messages: readonly OutgoingMessage[],
  options: PublishOptions,
): Promise<readonly PublishOutcome[]> {
  const outcomes: Outcomes = new Map();
  const deadline = performance.now() + options.timeoutMs;
  const time: SendTime = { signal: options.signal, remainingMs: () => deadline - performance.now() };
  /** Set by the first failure that is not a message's or a queue's own; what has not been sent by then is not tried. */
  let broken: AppError | null = null;
  const byQueue = Map.groupBy(messages, ({ destination }) => (destination.kind === 'sqs' ? destination.queue : null));
  for (const [queue, group] of byQueue) {
    if (queue === null) {
      const text = `Connection ${publisher.connection} is SQS and sends to its queues only. Choose another destination.`;
      for (const message of group) outcomes.set(message, failed(new AppError('rejected', text)));
      continue;
    }
    broken ??= isOver(queue, time);
    const result: AppError | null = broken ?? (await publishToQueue(publisher, queue, group, time, outcomes));
    if (result !== null && result.code !== 'not_found' && result.code !== 'forbidden') broken = result;
    for (const message of group) if (!outcomes.has(message) && result !== null) outcomes.set(message, failed(result));
  }
  const nothingLeft = [...outcomes.values()].every(
    (outcome) => outcome.kind === 'failed' && outcome.error.code === broken?.code,
  );
  if (broken !== null && nothingLeft) throw broken;
  return messages.map((message) => ({
    ...(outcomes.get(message) ?? failed(new AppError('internal', 'The message was not sent.'))),
    ref: message.ref,
  }));
}

/** Notes an outcome for each message, and returns the failure, if any, for which those without one were not sent. */
async function publishToQueue(
  publisher: SqsPublisher,
  queue: string,
  messages: readonly OutgoingMessage[],
  time: SendTime,
  outcomes: Outcomes,
): Promise<AppError | null> {
  let target: QueueAttributes;
  try {
    target = await targetOf(publisher, queue, time);
  } catch (error) {
    return error instanceof AppError
      ? error
      : new AppError('internal', `Queue ${queue} could not be looked up. Try again.`, { cause: error });
  }

  const sends = createSendQueue(planLanes(target, messages, outcomes));
  const state: { broken: AppError | null } = { broken: null };
  const settle = ({ message, lane }: Pending, outcome: Outcome): void => {
    outcomes.set(message, outcome);
    if (outcome.kind === 'sent') return;
    // What comes later in the group would overtake this one.
    const isPatient = outcome.kind === 'failed' && isHeldBack(outcome.error);
    for (const later of lane.waiting.splice(0))
      outcomes.set(later.message, failed(outOfOrder(queue, isPatient ? heldBack : {})));
  };
  const worker = async (): Promise<void> => {
    for (let batch = sends.take(); batch.length > 0 && state.broken === null; batch = sends.take()) {
      state.broken = isOver(queue, time);
      if (state.broken !== null) return;
      const failure = await sendBatch(publisher, target, batch, time, settle);
      state.broken ??= failure;
      sends.putBack(batch);
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, worker));
  return state.broken;
}

/** Encodes what can be sent; what cannot gets its outcome now. On a standard queue every message is a lane of its own. */
function planLanes(target: QueueAttributes, messages: readonly OutgoingMessage[], outcomes: Outcomes): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const [index, outgoing] of messages.entries()) {
    const name = target.fifo ? groupOf(outgoing) : String(index);
    const lane = lanes.get(name) ?? { waiting: [], blocked: false };
    lanes.set(name, lane);
    if (lane.blocked) {
      outcomes.set(outgoing, failed(outOfOrder(target.name)));
      continue;
    }
    try {
      // A standard queue refuses the id, which it could not heed.
      const encoded = encodeMessage(outgoing.message, target.fifo ? outgoing.deduplicationId : undefined);
      checkAgainst(target, encoded.bytes, encoded.entry);
      lane.waiting.push({ message: outgoing, lane, ...encoded });
    } catch (error) {
      const { code, message, details } = toErrorRecord(error);
      const text = `The message cannot be sent to queue ${target.name}: ${message} Leave it out, or change what does not fit.`;
      outcomes.set(outgoing, { kind: 'failed', error: { code, message: text, ...(details && { details }) } });
      lane.blocked = true;
    }
  }
  return [...lanes.values()];
}

async function targetOf(
  { directory, targets, clock }: SqsPublisher,
  queue: string,
  { remainingMs, signal }: SendTime,
): Promise<QueueAttributes> {
  const known = targets.get(queue);
  if (known !== undefined && known.until > clock()) return known.facts;
  const facts = await directory.read(queue, signal, Math.max(remainingMs(), 1));
  targets.set(queue, { facts, until: clock() + targetFactsMs });
  return facts;
}

function checkAgainst(target: QueueAttributes, bytes: number, entry: Pending['entry']): void {
  if (target.messageBytesMax !== null && bytes > target.messageBytesMax) throw tooLarge(bytes, target.messageBytesMax);
  if (!target.fifo) return;
  if (entry.MessageGroupId === undefined) {
    throw new AppError('rejected', 'A FIFO queue takes only messages with a MessageGroupId.');
  }
  if (entry.MessageDeduplicationId === undefined && !target.contentBasedDeduplication) {
    throw new AppError(
      'rejected',
      'A FIFO queue without content-based deduplication takes only messages with a deduplication id.',
    );
  }
}

function groupOf({ message }: OutgoingMessage): string {
  const group = message.properties.find((property) => property.name === 'MessageGroupId')?.value;
  return group?.kind === 'text' ? group.text : '';
}

function outOfOrder(queue: string, details: ErrorDetails = {}): AppError {
  return new AppError(
    'rejected',
    `Not sent to FIFO queue ${queue}, because an earlier message of its group was not and must not be overtaken. See to that one first.`,
    { details },
  );
}

function failed(error: AppError): Outcome {
  return { kind: 'failed', error: toErrorRecord(error) };
}
