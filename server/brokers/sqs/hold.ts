import type { Message } from '@aws-sdk/client-sqs';
import { AppError } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { HeldBatch, HoldOptions, WantedMessage } from '#server/brokers/driver.ts';
import type { Lease } from '#server/brokers/sqs/lease.ts';
import type { QueueAttributes } from '#server/brokers/sqs/queue-attributes.ts';
import { leaseSeconds, refuseUnlessInsisted } from '#server/brokers/sqs/read-facts.ts';
import { scan } from '#server/brokers/sqs/scan.ts';
import { toDeadLetter } from '#server/brokers/sqs/sqs-messages.ts';
import type { SqsReader } from '#server/brokers/sqs/sqs-reader.ts';

/** Handed over when so much was found: bodies are up to 1 MiB, and the caller sends while the rest is still being looked for. */
const batchMessages = 100;
const batchBytes = 4 * 1_048_576;
/** SQS hides a message for at most 12 hours in all. */
const holdMsMax = 11 * 60 * 60 * 1000;

/**
 * Receives until the wanted messages are found. What is not wanted is kept hidden meanwhile, or it would come again and again.
 * Ends with an error where wanted messages may still be there and could not be reached: silence would call them gone.
 */
export async function* holdMessages(
  reader: SqsReader,
  queue: string,
  wanted: readonly WantedMessage[],
  options: HoldOptions,
  signal: AbortSignal,
): AsyncGenerator<HeldBatch, void> {
  const { limits } = reader;
  const before = await reader.directory.read(queue, signal);
  refuseUnlessInsisted(before, options.insist);
  const missing = new Set(wanted.map((message) => message.position));
  if (missing.size === 0) return;

  const expected = Math.min(before.visible, limits.holdMessagesMax);
  const lease = reader.open(before, leaseSeconds(expected, limits));
  lease.keepAlive();
  const handOver = createHandOver(lease, queue);
  let handedOut = false;
  let failure: { readonly error: unknown } | null = null;
  try {
    try {
      for await (const found of search(reader, before, missing, { lease, expected }, signal)) {
        handedOut = true;
        yield handOver.batch(found);
      }
    } catch (error) {
      failure = { error };
    }
    // Whatever ended the search: the caller may still be at work on what it got.
    if (handedOut) yield handOver.batch([]);
    if (failure !== null) throw failure.error;
  } finally {
    handOver.end();
    await reader.close(lease);
  }
}

/** Yields what was found, in the order of its groups, until nothing is missing. Throws where something may still be there. */
async function* search(
  reader: SqsReader,
  before: QueueAttributes,
  missing: Set<string>,
  { lease, expected }: { readonly lease: Lease; readonly expected: number },
  signal: AbortSignal,
): AsyncGenerator<readonly RawDeadLetter[], void> {
  const { clock, limits } = reader;
  const { name: queue, fifo } = before;
  const until = clock() + holdMsMax;
  let patienceEnds: number | null = null;
  let looksBeside = 0;
  for (;;) {
    const limit = limits.holdMessagesMax - lease.size;
    const rounds = scan(lease, {
      queue,
      expected: Math.min(expected, limit),
      limit,
      pollers: limits.pollers,
      until,
      clock,
      signal,
    });
    let removed = 0;
    let step = await nextFind(rounds, missing, fifo);
    while (step.found.length > 0) {
      yield step.found;
      // What was not removed stays held until the whole search ends: it would be met again at once, on a FIFO queue at the head of its group.
      removed += step.found.filter((message) => !lease.has(message.identity)).length;
      if (missing.size === 0) return;
      if (step.dry !== null) break;
      step = await nextFind(rounds, missing, fifo);
    }
    if (step.dry === 'limit' || step.dry === 'time') throw outOfBounds(queue, missing.size, limits.holdMessagesMax);
    // Where heads of groups were removed, the next of their groups can be met.
    if (fifo && removed > 0) continue;
    const left = await whatIsLeft(reader, before, lease);
    if (left === 'nothing') return;
    if (left === 'visible') {
      // What others held may have come back after the last empty answer; what a second look does not bring, a count is late with.
      looksBeside += 1;
      if (looksBeside < 2) continue;
      if (fifo) throw behindOthers(queue, missing.size);
      return;
    }
    looksBeside = 0;
    patienceEnds ??= clock() + limits.othersPatienceMs;
    if (clock() >= patienceEnds) throw heldElsewhere(queue, missing.size);
  }
}

interface Find {
  readonly found: readonly RawDeadLetter[];
  /** Set when the scan has ended. */
  readonly dry: 'dry' | 'limit' | 'time' | null;
}

/** Goes on until enough for one batch is found, everything is, or the scan has ended. */
async function nextFind(rounds: ReturnType<typeof scan>, missing: Set<string>, fifo: boolean): Promise<Find> {
  const found: RawDeadLetter[] = [];
  let bytes = 0;
  while (found.length < batchMessages && bytes < batchBytes) {
    const step = await rounds.next();
    if (step.done === true) return { found: inOrder(found), dry: step.value };
    for (const message of step.value) {
      if (!isWanted(message, missing)) continue;
      const letter = toDeadLetter(message, fifo);
      bytes += letter.body?.length ?? 0;
      found.push(letter);
    }
    // On a FIFO queue the next of a group shows only when its heads are removed, so they are handed over first.
    if (missing.size === 0 || (fifo && found.length > 0)) break;
  }
  return { found: inOrder(found), dry: null };
}

function isWanted(message: Message, missing: Set<string>): boolean {
  return message.MessageId !== undefined && missing.delete(message.MessageId);
}

/** By group and by number within it; a standard queue has no order to keep. */
function inOrder(letters: readonly RawDeadLetter[]): readonly RawDeadLetter[] {
  return letters.toSorted((a, b) => {
    if (a.lane !== b.lane) return a.lane < b.lane ? -1 : 1;
    if (a.sequence === null || b.sequence === null) return 0;
    const [first, second] = [BigInt(a.sequence), BigInt(b.sequence)];
    return first === second ? 0 : first < second ? -1 : 1;
  });
}

function createHandOver(
  lease: Lease,
  queue: string,
): { batch(messages: readonly RawDeadLetter[]): HeldBatch; end(): void } {
  let ended = false;
  return {
    end: () => void (ended = true),
    batch(messages) {
      const identities = new Set(messages.map((message) => message.identity));
      return {
        messages,
        async remove(wanted) {
          if (ended)
            throw new AppError('conflict', `The messages of queue ${queue} are no longer held; hold them again.`, {
              details: { queue },
            });
          const strange = wanted.find((identity) => !identities.has(identity));
          if (strange !== undefined) {
            throw new AppError(
              'invalid_request',
              `Only held messages of the batch can be removed from queue ${queue}. Hold the others first.`,
              { details: { identity: strange } },
            );
          }
          return await lease.remove(wanted);
        },
      };
    },
  };
}

/** What the scan did not meet: nothing, what others have in flight, or what is counted as visible. On a FIFO queue that may stand behind held messages of its group. */
async function whatIsLeft(
  reader: SqsReader,
  { name }: QueueAttributes,
  lease: Lease,
): Promise<'nothing' | 'in-flight' | 'visible'> {
  const now = await reader.directory.read(name);
  if (now.inFlight > lease.held() || now.delayed > 0) return 'in-flight';
  return now.visible > 0 ? 'visible' : 'nothing';
}

function outOfBounds(queue: string, missing: number, messagesMax: number): AppError {
  return new AppError(
    'timed_out',
    `${missing} of the wanted messages were not among the ${messagesMax} of queue ${queue} that were looked through. Try again, or replay fewer.`,
    {
      details: { queue, missing },
    },
  );
}

function behindOthers(queue: string, missing: number): AppError {
  return new AppError(
    'unsupported',
    `${missing} of the wanted messages may stand behind others of their group in FIFO queue ${queue}, which shows only the first ten. Replay or remove those in front of them first.`,
    { details: { queue, missing } },
  );
}

function heldElsewhere(queue: string, missing: number): AppError {
  return new AppError(
    'interrupted',
    `${missing} of the wanted messages of queue ${queue} were not visible, and other readers have messages in flight. Try again when they have given them back.`,
    { details: { queue, missing } },
  );
}
