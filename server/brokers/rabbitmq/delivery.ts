import { hash } from 'node:crypto';
import type { ConsumeMessage, Message } from 'amqplib';
import type { Header, HeaderValue, RawMessage } from '#lib/domain/message.ts';
import { decodeTable, shortString } from '#server/brokers/rabbitmq/amqp-fields.ts';
import {
  decodeContentHeader,
  encodeContentHeader,
  type ContentHeader,
} from '#server/brokers/rabbitmq/basic-properties.ts';
import { type ContentSlices, sliceContentHeader } from '#server/brokers/rabbitmq/content-slices.ts';
import { contentHeaderBytesOf } from '#server/brokers/rabbitmq/lossless-connection.ts';

/** A message as it was delivered, not yet numbered among its equals. */
export interface Delivery {
  /** What amqplib acknowledges by; without the content. */
  readonly receipt: Message;
  /** Taken apart only now: of what is held to be removed or given back nobody asks, and its objects would live as long as the hold. */
  message(): RawMessage;
  /** The same for equal messages and on every read: 32 hexadecimal characters. */
  readonly contentHash: string;
  /** How often a quorum queue has got it back so far; `null` where the queue does not count, or has not got it back yet. */
  readonly deliveryCount: number | null;
  /** Decimal; only from streams. */
  readonly streamOffset: string | null;
}

/**
 * Headers that the queue adds at each delivery: they are no part of the message that was sent, and one of them changes with every read.
 * They are handed out among the properties.
 */
const deliveryHeaders = new Set(['x-delivery-count', 'x-stream-offset']);

const noContent = Buffer.alloc(0);

export function deliveryOf(delivered: ConsumeMessage): Delivery {
  const { exchange, routingKey, redelivered } = delivered.fields;
  const header = contentHeaderBytesOf(delivered);
  // A copy: what the socket handed out is a part of a larger buffer, which would be kept and sent between threads as a whole.
  const body = new Uint8Array(delivered.content);
  const { canonical, added } = identifying(header);
  return {
    receipt: { content: noContent, fields: delivered.fields, properties: delivered.properties },
    message() {
      const content = decodeContentHeader(header);
      return {
        key: null,
        body,
        headers: content.headers.filter(({ name }) => !deliveryHeaders.has(name)),
        properties: [
          { name: 'exchange', value: { kind: 'text', text: exchange } },
          { name: 'routing-key', value: { kind: 'text', text: routingKey } },
          { name: 'redelivered', value: { kind: 'boolean', value: redelivered } },
          ...content.properties,
          ...content.headers.filter(({ name }) => deliveryHeaders.has(name)),
        ],
      };
    },
    contentHash: hash('sha256', Buffer.concat([placeOf(exchange, routingKey), canonical, body])).slice(0, 32),
    deliveryCount: numberIn(added, 'x-delivery-count'),
    streamOffset: integerText(added.find(({ name }) => name === 'x-stream-offset')?.value),
  };
}

/** Thousands of messages in a row come by one exchange and key. */
let lastPlace: { readonly exchange: string; readonly routingKey: string; readonly bytes: Buffer } | null = null;

function placeOf(exchange: string, routingKey: string): Buffer {
  if (lastPlace?.exchange !== exchange || lastPlace.routingKey !== routingKey) {
    const bytes = Buffer.concat([shortString(exchange, 'exchange'), shortString(routingKey, 'routing key')]);
    lastPlace = { exchange, routingKey, bytes };
  }
  return lastPlace.bytes;
}

/**
 * What a content header adds to the identity of its message, and the headers that its delivery added. MessageId is optional and not unique, so a message is known by
 * its content. The top level of the header table is sorted for it: a quorum queue of 3.10 sorts it as soon as it adds its count, and 4.0 sorts it always.
 */
export function identifying(header: Buffer): { readonly canonical: Buffer; readonly added: readonly Header[] } {
  const slices = sliceContentHeader(header);
  const own = slices?.headers?.filter(({ name }) => !deliveryHeaders.has(name)) ?? [];
  // A table of delivery headers alone is left out when it is written anew, and so is its flag.
  if (slices === null || (slices.headers !== null && own.length === 0)) {
    const { headers, properties } = decodeContentHeader(header);
    return {
      canonical: canonicalHeader({ headers: headers.filter(({ name }) => !deliveryHeaders.has(name)), properties }),
      added: headers.filter(({ name }) => deliveryHeaders.has(name)),
    };
  }
  const added = slices.headers?.filter(({ name }) => deliveryHeaders.has(name)) ?? [];
  return {
    canonical: added.length === 0 && isSorted(own) ? header : joined(slices, own.toSorted(byName)),
    added: added.flatMap(({ bytes }) => decodeTable(bytes)),
  };
}

function isSorted(headers: readonly { readonly name: string }[]): boolean {
  return headers.every(({ name }, index) => index === 0 || (headers[index - 1]?.name ?? '') <= name);
}

function joined({ before, after }: ContentSlices, headers: NonNullable<ContentSlices['headers']>): Buffer {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32BE(headers.reduce((sum, { bytes }) => sum + bytes.length, 0));
  return Buffer.concat([before, length, ...headers.map(({ bytes }) => bytes), after]);
}

/** Equal for messages that differ in nothing but the order of their headers. */
export function canonicalHeader({ headers, properties }: ContentHeader): Buffer {
  return encodeContentHeader({ headers: headers.toSorted(byName), properties });
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function numberIn(headers: readonly Header[], name: string): number | null {
  const text = integerText(headers.find((header) => header.name === name)?.value);
  return text === null ? null : Number(text);
}

function integerText(value: HeaderValue | undefined): string | null {
  return value?.kind === 'integer' ? value.text : null;
}

/** Numbers equal messages in the order of the scan: the first is known by the hash alone, the second as `hash#2`. */
export function createIdentities(): (contentHash: string) => string {
  const met = new Map<string, number>();
  return (contentHash) => {
    const ordinal = (met.get(contentHash) ?? 0) + 1;
    met.set(contentHash, ordinal);
    return ordinal === 1 ? contentHash : `${contentHash}#${ordinal}`;
  };
}

export function contentHashOfIdentity(identity: string): string {
  return identity.split('#', 1)[0] ?? identity;
}
