import type { Message, Options } from 'amqplib';
import type { Header, HeaderValue, RawMessage } from '#lib/domain/message.ts';
import { type FieldList, isFieldList } from '#server/brokers/rabbitmq/foreign-amqplib.ts';

/** AMQP's names and amqplib's. */
const propertyNames = [
  ['content-type', 'contentType'],
  ['content-encoding', 'contentEncoding'],
  ['delivery-mode', 'deliveryMode'],
  ['priority', 'priority'],
  ['correlation-id', 'correlationId'],
  ['reply-to', 'replyTo'],
  ['expiration', 'expiration'],
  ['message-id', 'messageId'],
  ['timestamp', 'timestamp'],
  ['type', 'type'],
  ['user-id', 'userId'],
  ['app-id', 'appId'],
] as const;

/** The message as the foreign client sends it. */
export function foreignOptions(message: RawMessage): Options.Publish {
  const properties = new Map(message.properties.map(({ name, value }) => [name, value]));
  const options: Record<string, unknown> = { headers: fieldList(message.headers), persistent: true };
  for (const [name, foreign] of propertyNames) {
    const value = properties.get(name);
    if (value === undefined) continue;
    options[foreign] =
      value.kind === 'integer' || value.kind === 'timestamp' ? Number(value.text) : foreignValue(value);
  }
  return options;
}

function fieldList(headers: readonly Header[]): FieldList {
  return { entries: headers.map(({ name, value }) => [name, foreignValue(value)]) };
}

function foreignValue(value: HeaderValue): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'text':
      return value.text;
    case 'bytes':
      return Buffer.from(value.bytes);
    case 'integer':
      return { '!': value.type ?? 'int64', value: BigInt(value.text) };
    case 'number':
      return { '!': value.type ?? 'double', value: value.value };
    case 'boolean':
      return value.value;
    case 'timestamp':
      return { '!': 'timestamp', value: BigInt(value.text) };
    case 'decimal':
      throw new Error('The foreign client sends no decimals.');
    case 'list':
      return value.items.map(foreignValue);
    case 'table':
      // Nested tables are written by amqplib's own code, so as plain objects.
      return Object.fromEntries(value.entries.map((entry) => [entry.name, foreignValue(entry.value)]));
  }
}

/** The message as the foreign client received it. */
export function receivedMessage(message: Message): RawMessage {
  const received: Readonly<Record<string, unknown>> = { ...message.properties };
  const { headers } = received;
  const properties: Header[] = [
    { name: 'exchange', value: { kind: 'text', text: message.fields.exchange } },
    { name: 'routing-key', value: { kind: 'text', text: message.fields.routingKey } },
  ];
  for (const [name, foreign] of propertyNames) {
    const value = received[foreign];
    if (value === undefined) continue;
    if (name === 'timestamp' && typeof value === 'number')
      properties.push({ name, value: { kind: 'timestamp', text: String(value), unit: 's' } });
    else properties.push({ name, value: domainValue(value) });
  }
  return {
    key: null,
    body: new Uint8Array(message.content),
    headers: isFieldList(headers) ? domainHeaders(headers) : [],
    properties,
  };
}

function domainHeaders({ entries }: FieldList): Header[] {
  return entries.map(([name, value]) => ({ name, value: domainValue(value) }));
}

function domainValue(value: unknown): HeaderValue {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'bigint') return { kind: 'integer', text: String(value) };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { kind: 'integer', text: String(value) } : { kind: 'number', value };
  }
  if (Buffer.isBuffer(value)) return { kind: 'bytes', bytes: new Uint8Array(value) };
  if (Array.isArray(value)) return { kind: 'list', items: value.map(domainValue) };
  if (isFieldList(value)) return { kind: 'table', entries: domainHeaders(value) };
  if (typeof value === 'object' && value !== null && 'value' in value)
    return { kind: 'timestamp', text: String(value.value), unit: 's' };
  throw new Error('The foreign client received a header of a kind that it does not know.');
}
