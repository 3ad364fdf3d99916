import { createHash } from 'node:crypto';
import type { ConsumeMessage, Message } from 'amqplib';
import type { Header, HeaderValue, RawMessage } from '#lib/domain/message.ts';
import { encodeContentHeader, type ContentHeader } from '#server/brokers/rabbitmq/basic-properties.ts';
import { shortString } from '#server/brokers/rabbitmq/amqp-fields.ts';
import { contentHeaderOf } from '#server/brokers/rabbitmq/lossless-connection.ts';

/** A message as it was delivered, not yet numbered among its equals. */
export interface Delivery {
  /** What amqplib acknowledges by; without the content. */
  readonly receipt: Message;
  readonly message: RawMessage;
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
  const content = contentHeaderOf(delivered);
  const headers = content.headers.filter((header) => !deliveryHeaders.has(header.name));
  const added = content.headers.filter((header) => deliveryHeaders.has(header.name));
  return {
    receipt: { content: noContent, fields: delivered.fields, properties: delivered.properties },
    message: {
      key: null,
      // A copy: what the socket handed out is a part of a larger buffer, which would be kept and sent between threads as a whole.
      body: new Uint8Array(delivered.content),
      headers,
      properties: [
        { name: 'exchange', value: { kind: 'text', text: exchange } },
        { name: 'routing-key', value: { kind: 'text', text: routingKey } },
        { name: 'redelivered', value: { kind: 'boolean', value: redelivered } },
        ...content.properties,
        ...added,
      ],
    },
    contentHash: contentHashOf(exchange, routingKey, { headers, properties: content.properties }, delivered.content),
    deliveryCount: numberIn(added, 'x-delivery-count'),
    streamOffset: integerText(added.find((header) => header.name === 'x-stream-offset')?.value),
  };
}

/**
 * MessageId is optional and not unique, so a message is known by its content. The top level of the header table is sorted for it:
 * a quorum queue of 3.10 sorts it as soon as it adds its count, and 4.0 sorts it always.
 */
function contentHashOf(exchange: string, routingKey: string, content: ContentHeader, body: Buffer): string {
  const hash = createHash('sha256');
  hash.update(shortString(exchange, 'exchange')).update(shortString(routingKey, 'routing key'));
  hash.update(canonicalHeader(content));
  return hash.update(body).digest('hex').slice(0, 32);
}

/** Equal for messages that differ in nothing but the order of their headers. */
export function canonicalHeader({ headers, properties }: ContentHeader): Buffer {
  return encodeContentHeader({ headers: headers.toSorted(byName), properties });
}

function byName(a: Header, b: Header): number {
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
