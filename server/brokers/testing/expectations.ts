import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { expect } from 'vitest';
import { AppError, type ErrorCode, type ErrorRecord } from '#lib/domain/errors.ts';
import type { Destination, Header, HeaderValue, RawMessage } from '#lib/domain/message.ts';
import { type DriverHarness, wrongPassword } from '#server/brokers/testing/harness.ts';

/**
 * Asserts that a message arrived as it was sent: key, body and headers byte for byte and in order, and every property that the sender chose.
 * Brokers without typed headers hand text out as bytes, so text and bytes are compared as bytes.
 */
export function expectSameMessage(actual: RawMessage | undefined, sent: RawMessage, harness: DriverHarness): void {
  if (actual === undefined) throw new Error('The message did not arrive.');
  const inOrder = harness.carries['header order'];
  const chosen = sent.properties.map((property) => property.name);
  expect(legible(actual, chosen, inOrder)).toEqual(legible(sent, chosen, inOrder));
}

function legible(message: RawMessage, chosen: readonly string[], inOrder: boolean): unknown {
  const headers = message.headers.map(legibleHeader);
  const properties = message.properties.filter((property) => chosen.includes(property.name)).map(legibleHeader);
  return {
    key: message.key === null ? null : legibleBytes(message.key),
    body: message.body === null ? null : legibleBytes(message.body),
    headers: inOrder ? headers : headers.toSorted(),
    properties: properties.toSorted(),
  };
}

function legibleHeader(header: Header): string {
  return `${header.name}: ${legibleValue(header.value)}`;
}

function legibleValue(value: HeaderValue): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'bytes':
      return legibleBytes(value.bytes);
    case 'text':
      return legibleBytes(new TextEncoder().encode(value.text));
    case 'integer':
    case 'decimal':
      return `number ${value.text}`;
    case 'number':
      return `number ${value.value}`;
    case 'boolean':
      return `boolean ${value.value}`;
    case 'timestamp':
      return `timestamp ${value.text} ${value.unit}`;
    case 'table':
      return `{ ${value.entries.map(legibleHeader).join(', ')} }`;
    case 'list':
      return `[ ${value.items.map(legibleValue).join(', ')} ]`;
  }
}

function legibleBytes(bytes: Uint8Array): string {
  if (bytes.length > 2_000) return `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`;
  return JSON.stringify(Buffer.from(bytes).toString('latin1'));
}

/** Waits for it to fail, and asserts what holds for every error of a driver. */
export async function failureOf(work: Promise<unknown> | (() => Promise<unknown>)): Promise<AppError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(inspect(error, { depth: 10 })).not.toContain(wrongPassword);
    return error;
  }
  throw new Error('It was expected to fail and did not.');
}

/** Asserts the code, and that the message says what happened to which of `names`, and what to do next. */
export function expectHelpful(
  error: AppError | ErrorRecord,
  codes: ErrorCode | readonly ErrorCode[],
  names: readonly string[],
): void {
  expect(typeof codes === 'string' ? [codes] : codes, error.message).toContain(error.code);
  expect(
    names.some((name) => error.message.includes(name)),
    `"${error.message}" should name ${names.join(' or ')}.`,
  ).toBe(true);
  expect(error.message, 'What happened, then what to do: at least two sentences.').toMatch(/[.:;?] \P{Ll}.*[.]$/su);
  expect(error.message).not.toContain(wrongPassword);
}

/** Names that an error about a destination may use for it. */
export function namesOf(destination: Destination): readonly string[] {
  switch (destination.kind) {
    case 'kafka':
      return [destination.topic];
    case 'rabbitmq':
      return [destination.exchange, destination.routingKey].filter((name) => name !== '');
    case 'sqs':
      return [destination.queue];
  }
}

/** Asserts that the foreign observer sees the queue again as it was. Brokers give back and count a moment later, so it is polled. */
export async function expectUnchanged(look: () => Promise<unknown>, before: unknown): Promise<void> {
  await expect.poll(look, { timeout: 60_000, interval: 100 }).toEqual(before);
}
