import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { BrokerKind, Destination, RawDeadLetter, RawMessage } from '#lib/domain/message.ts';
import type {
  BrokerDriver,
  BrowseBatch,
  BrowseEnd,
  BrowseOptions,
  OutgoingMessage,
  PublishOutcome,
} from '#server/brokers/driver.ts';
import type { ClauseContext } from '#server/brokers/testing/clause.ts';
import { expectSameMessage } from '#server/brokers/testing/expectations.ts';
import type { TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage, markerOf, withProperties } from '#server/brokers/testing/sample-messages.ts';

/** A message that this broker can carry, with the sender's own properties and a marker that exists once. */
export function aMessageFor({ harness, variant }: ClauseContext, lane = 0): RawMessage {
  return harness.inLane(withProperties(aMessage(randomUUID()), harness.senderProperties), lane, variant);
}

/** Each in a lane of its own, so that a FIFO queue shows all of them at once. */
export function messagesApart(context: ClauseContext, count: number): RawMessage[] {
  return Array.from({ length: count }, (_, lane) => aMessageFor(context, lane));
}

export function messagesInOneLane(context: ClauseContext, count: number): RawMessage[] {
  return Array.from({ length: count }, () => aMessageFor(context, 0));
}

/** A fresh dead-letter queue that holds these messages. */
export async function aQueueWith(context: ClauseContext, messages: readonly RawMessage[]): Promise<TestQueue> {
  const queue = await context.harness.createQueue(context.variant);
  if (messages.length > 0) await context.harness.put(queue, messages);
  return queue;
}

/** The dead-letter queue itself as a destination, for looking at what is left in it with the foreign client. */
export function destinationOf(kind: BrokerKind, queue: string): Destination {
  switch (kind) {
    case 'kafka':
      return { kind, topic: queue, partition: null };
    case 'rabbitmq':
      return { kind, exchange: '', routingKey: queue };
    case 'sqs':
      return { kind, queue };
  }
}

export interface Browsed {
  readonly messages: readonly RawDeadLetter[];
  readonly batches: readonly BrowseBatch[];
  readonly end: BrowseEnd;
  /** Of the last batch. */
  readonly cursor: string | null;
}

/** Browses to the end, and asserts what holds for every browse: one end, in the last batch; progress that counts; identities that exist once. */
export async function browseAll(
  driver: BrokerDriver,
  queue: string,
  options: Partial<BrowseOptions> = {},
): Promise<Browsed> {
  const batches: BrowseBatch[] = [];
  const messages: RawDeadLetter[] = [];
  for await (const batch of driver.browse(queue, { from: null, ...options }, new AbortController().signal)) {
    expect(batches.at(-1)?.end ?? null, 'Only the last batch has an end.').toBeNull();
    batches.push(batch);
    messages.push(...batch.messages);
    expect(batch.progress.read, 'Progress counts the messages of this browse.').toBe(messages.length);
  }
  const end = batches.at(-1)?.end ?? null;
  if (end === null) throw new Error('The browse ended without saying so: its last batch has no end.');
  expect(new Set(messages.map((message) => message.identity)).size, 'Identities exist once.').toBe(messages.length);
  return { messages, batches, end, cursor: batches.at(-1)?.cursor ?? null };
}

/** Asserts that exactly the sent messages were read, whole, and in their order within each lane where the queue keeps one. */
export async function expectAllRead(
  context: ClauseContext,
  queue: TestQueue,
  read: readonly RawMessage[],
  sent: readonly RawMessage[],
): Promise<void> {
  expect(markersOf(read).toSorted()).toEqual(markersOf(sent).toSorted());
  const bySent = new Map(sent.map((message) => [markerOf(message), message]));
  for (const message of read) {
    const original = bySent.get(markerOf(message));
    if (original === undefined) throw new Error('A message was read that nobody sent.');
    expectSameMessage(message, original, context.harness);
  }
  const { capabilities } = await context.driver.inspect(queue.name, context.signal);
  if (capabilities.order === 'none') return;
  for (const [lane, messages] of Map.groupBy(read.filter(isDeadLetter), (message) => message.lane)) {
    const here = new Set(markersOf(messages));
    const expected = markersOf(sent).filter((marker) => here.has(marker));
    expect(markersOf(messages), `The order of lane "${lane}".`).toEqual(expected);
  }
}

function isDeadLetter(message: RawMessage): message is RawDeadLetter {
  return 'lane' in message;
}

export function markersOf(messages: readonly RawMessage[]): (string | null)[] {
  return messages.map(markerOf);
}

/** Whether the queue is a log, and what keeps its order, as the driver tells. */
export async function natureOf({ driver, signal }: ClauseContext, queue: TestQueue) {
  const { capabilities } = await driver.inspect(queue.name, signal);
  return capabilities;
}

export const generousMs = 15_000;

/** Every one with a deduplication id of its own, which only SQS FIFO heeds. */
export function outgoing(messages: readonly RawMessage[], destination: Destination): OutgoingMessage[] {
  return messages.map((message, index) => ({
    ref: `item-${index}`,
    destination,
    message,
    deduplicationId: randomUUID(),
  }));
}

export async function publishAll(
  driver: BrokerDriver,
  messages: readonly RawMessage[],
  destination: Destination,
): Promise<readonly PublishOutcome[]> {
  const signal = new AbortController().signal;
  const outcomes = await driver.publish(outgoing(messages, destination), { timeoutMs: generousMs, signal });
  expect(
    outcomes.map((outcome) => outcome.ref),
    'One outcome a message, in the order given.',
  ).toEqual(messages.map((_, index) => `item-${index}`));
  return outcomes;
}

export function expectAllSent(outcomes: readonly PublishOutcome[]): void {
  expect(outcomes.filter((outcome) => outcome.kind !== 'sent')).toEqual([]);
}
