import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { RemoveOutcome } from '#server/brokers/driver.ts';
import type { SqsClient } from '#server/brokers/sqs/sqs-client.ts';
import { entryError } from '#server/brokers/sqs/sqs-errors.ts';

/**
 * Messages of one queue that are hidden from others for our sake. It keeps a receipt handle and a deadline for each, never a body.
 * Whoever opens one releases it.
 */
export interface Lease {
  /** How many messages it has received and neither removed nor given back. */
  readonly size: number;
  /** How many of them are certainly still hidden for our sake: their time has not run out. */
  held(): number;
  has(identity: string): boolean;
  /** Up to `max` (at most 10) messages; `[]` may also mean that the answer was only a sample. Messages that it holds already only get their newer handle. */
  receive(max: number): Promise<Received>;
  /** Prolongs everything that is held, again and again until it is released. */
  keepAlive(): void;
  /** Deletes held messages for good; what is no longer held, or perhaps not, is `failed` with `conflict`. */
  remove(identities: readonly string[]): Promise<readonly RemoveOutcome[]>;
  /** Makes the messages visible again. */
  giveBack(identities: readonly string[]): Promise<void>;
  /** Gives everything back, also what a request that is still running brings. Throws `interrupted` when some stay hidden until their time is over. Calling it again does nothing. */
  release(): Promise<void>;
}

export interface Received {
  readonly fresh: readonly Message[];
  readonly empty: boolean;
}

export interface LeaseOptions {
  readonly client: SqsClient;
  readonly connection: string;
  readonly queue: string;
  readonly url: string;
  readonly seconds: number;
  readonly longPollSeconds: number;
  readonly clock: () => number;
}

interface Handle {
  readonly receipt: string;
  deadline: number;
}

const batchSize = 10;
const batchesAtOnce = 4;
/** Receives that are under way at the release have so long to bring their handles; a long poll takes one second. */
const runningGraceMs = 2_000;

export function openLease(options: LeaseOptions): Lease {
  const { client, connection, queue, url, seconds, longPollSeconds, clock } = options;
  // A deletion may be under way for so long; closer to the deadline it could come too late.
  const marginMs = Math.min(2_000, seconds * 100);
  const handles = new Map<string, Handle>();
  const running = new Set<Promise<Received>>();
  let timer: NodeJS.Timeout | undefined;
  let released: Promise<void> | null = null;

  function receive(max: number): Promise<Received> {
    const request = receiveOnce(max);
    running.add(request);
    return request.finally(() => running.delete(request));
  }

  async function receiveOnce(max: number): Promise<Received> {
    // The deadline counts from before the request: the server may have begun to hide at any time since.
    const deadline = clock() + seconds * 1000;
    // No signal of the caller: an aborted request would leave messages hidden whose handles nobody has.
    const answer = await client.call(
      { failure: `Messages of queue ${queue} could not be read`, queue, timeoutMs: longPollSeconds * 1000 + 10_000 },
      (http) =>
        client.once.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: Math.min(max, batchSize),
            VisibilityTimeout: seconds,
            WaitTimeSeconds: longPollSeconds,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
          http,
        ),
    );
    const messages = answer.Messages ?? [];
    const fresh: Message[] = [];
    const receipts = new Map<string, string>();
    for (const message of messages) {
      if (message.MessageId === undefined || message.ReceiptHandle === undefined) continue;
      receipts.set(message.MessageId, message.ReceiptHandle);
      if (released === null && !handles.has(message.MessageId)) fresh.push(message);
      handles.set(message.MessageId, { receipt: message.ReceiptHandle, deadline });
    }
    if (released !== null) await giveBack([...receipts.keys()]);
    return { fresh, empty: messages.length === 0 };
  }

  async function giveBack(identities: readonly string[]): Promise<void> {
    const failures: unknown[] = [];
    await inBatches(identities, async (batch) => {
      const held = batch.flatMap((identity) => {
        const handle = handles.get(identity);
        handles.delete(identity);
        return handle === undefined || handle.deadline <= clock() ? [] : [handle];
      });
      if (held.length > 0) await changeVisibility(held, 0).catch((error: unknown) => failures.push(error));
    });
    if (failures.length > 0) {
      throw new AppError(
        'interrupted',
        `Messages of queue ${queue} could not be given back; they stay hidden from its readers for up to ${seconds} s. They come back by themselves.`,
        { details: { queue, connection, hiddenSecondsMax: seconds }, cause: failures[0] },
      );
    }
  }

  /** A handle that is refused is no failure: its message is visible again, or gone. */
  async function changeVisibility(held: readonly Handle[], timeout: number): Promise<readonly Handle[]> {
    const answer = await client.call(
      { failure: `The visibility of messages of queue ${queue} could not be changed`, queue },
      (http) =>
        client.patient.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: url,
            Entries: held.map((handle, index) => ({
              Id: String(index),
              ReceiptHandle: handle.receipt,
              VisibilityTimeout: timeout,
            })),
          }),
          http,
        ),
    );
    const failed = answer.Failed ?? [];
    if (failed.some((entry) => entry.SenderFault === false)) {
      throw new AppError(
        'interrupted',
        `SQS had a failure of its own while it changed the visibility of messages of queue ${queue}. Try again in a moment.`,
      );
    }
    return (answer.Successful ?? []).flatMap((entry) => held[Number(entry.Id)] ?? []);
  }

  async function prolong(): Promise<void> {
    const now = clock();
    const aging = [...handles.values()].filter(
      (handle) => handle.deadline > now && handle.deadline - now < seconds * 700,
    );
    for (let start = 0; start < aging.length && released === null; start += batchSize) {
      const deadline = clock() + seconds * 1000;
      // What could not be prolonged runs into its deadline, and `remove` says so.
      const prolonged = await changeVisibility(aging.slice(start, start + batchSize), seconds).catch(() => []);
      for (const handle of prolonged) handle.deadline = deadline;
    }
  }

  async function removeBatch(identities: readonly string[]): Promise<readonly RemoveOutcome[]> {
    const failure = `The message could not be removed from queue ${queue}`;
    const held = identities.flatMap((identity) => {
      const handle = handles.get(identity);
      return handle === undefined || handle.deadline - marginMs <= clock() ? [] : [{ identity, handle }];
    });
    const outcomes = new Map<string, RemoveOutcome>(
      // A late deletion may be answered with success and do nothing (DeleteMessage in the API reference).
      identities.map((identity) => [
        identity,
        { kind: 'failed', identity, error: entryError('ReceiptHandleIsInvalid', { connection, queue, failure }) },
      ]),
    );
    if (held.length > 0) {
      try {
        const answer = await client.call({ failure, queue }, (http) =>
          client.patient.send(
            new DeleteMessageBatchCommand({
              QueueUrl: url,
              Entries: held.map(({ handle }, index) => ({ Id: String(index), ReceiptHandle: handle.receipt })),
            }),
            http,
          ),
        );
        for (const [index, { identity }] of held.entries()) {
          const refused = answer.Failed?.find((entry) => entry.Id === String(index));
          if (answer.Successful?.some((entry) => entry.Id === String(index))) {
            handles.delete(identity);
            outcomes.set(identity, { kind: 'removed', identity });
          } else {
            outcomes.set(identity, {
              kind: refused === undefined ? 'unknown' : 'failed',
              identity,
              error: entryError(refused?.Code ?? 'InternalError', { connection, queue, failure }),
            });
          }
        }
      } catch (error) {
        for (const { identity } of held)
          outcomes.set(identity, { kind: 'unknown', identity, error: toErrorRecord(error) });
      }
    }
    return [...outcomes.values()];
  }

  return {
    get size() {
      return handles.size;
    },
    held: () => [...handles.values()].filter((handle) => handle.deadline > clock()).length,
    has: (identity) => handles.has(identity),
    receive,
    giveBack,

    keepAlive() {
      if (timer !== undefined || released !== null) return;
      const tick = (): void => {
        timer = setTimeout(() => void prolong().finally(() => released === null && tick()), (seconds * 1000) / 4);
        timer.unref();
      };
      tick();
    },

    async remove(identities) {
      const outcomes = new Map<string, RemoveOutcome>();
      await inBatches([...new Set(identities)], async (batch) => {
        for (const outcome of await removeBatch(batch)) outcomes.set(outcome.identity, outcome);
      });
      return identities.flatMap((identity) => outcomes.get(identity) ?? []);
    },

    async release() {
      clearTimeout(timer);
      released ??= withinGrace(Promise.allSettled(running)).then(() => giveBack([...handles.keys()]));
      await released;
    },
  };
}

/** Waits for the end of it, but not for long: a server that does not answer must not keep the rest hidden. */
async function withinGrace(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, runningGraceMs)));
  await Promise.race([work, over]);
  clearTimeout(timer);
}

async function inBatches(items: readonly string[], work: (batch: readonly string[]) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const start = next;
      next += batchSize;
      await work(items.slice(start, start + batchSize));
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, worker));
}
