import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type RawDeadLetter, type RawMessage, textHeader } from '#lib/domain/message.ts';
import type { BrokerDriver, OutgoingMessage, PublishOutcome } from '#server/brokers/driver.ts';

/** Never aborted. */
export const signal = new AbortController().signal;

export function message(text: string): RawMessage {
  return { key: null, body: new TextEncoder().encode(text), headers: [textHeader('a', 'b')], properties: [] };
}

export function texts(count: number): RawMessage[] {
  return Array.from({ length: count }, (_, index) => message(`text ${index}`));
}

export function grouped(messages: readonly RawMessage[], groups: number): RawMessage[] {
  return messages.map((content, index) => ({
    ...content,
    properties: [textHeader('MessageGroupId', `group-${index % groups}`)],
  }));
}

export function bodyOf({ body }: RawMessage): string {
  return new TextDecoder().decode(body ?? new Uint8Array());
}

export async function browse(driver: BrokerDriver, queue: string, insist = false) {
  const messages: RawDeadLetter[] = [];
  for await (const batch of driver.browse(queue, { from: null, insist }, signal)) {
    messages.push(...batch.messages);
    if (batch.end !== null) return { messages, end: batch.end };
  }
  throw new Error('The browse ended without an end.');
}

export async function holdAndRemove(
  driver: BrokerDriver,
  queue: string,
  wanted: readonly { identity: string; position: string }[],
): Promise<RawDeadLetter[]> {
  const held: RawDeadLetter[] = [];
  for await (const batch of driver.hold(queue, wanted, { insist: false }, signal)) {
    held.push(...batch.messages);
    expect(await batch.remove(identities(batch.messages))).toEqual(removed(batch.messages));
  }
  return held;
}

export function outgoing(
  destination: OutgoingMessage['destination'],
  content: RawMessage,
  ref: string,
  deduplicationId: string,
): OutgoingMessage {
  return { ref, destination, message: content, deduplicationId };
}

export async function publish(
  driver: BrokerDriver,
  destination: OutgoingMessage['destination'],
  contents: readonly RawMessage[],
): Promise<readonly PublishOutcome[]> {
  const messages = contents.map((content, index) => outgoing(destination, content, `item-${index}`, randomUUID()));
  return await driver.publish(messages, { timeoutMs: 15_000, signal });
}

export function identities(messages: readonly RawDeadLetter[]): string[] {
  return messages.map(({ identity }) => identity);
}

export function removed(messages: readonly RawDeadLetter[]) {
  return messages.map(({ identity }) => ({ kind: 'removed', identity }));
}

export function isDefined<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
