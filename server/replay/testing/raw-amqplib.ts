import type { ConfirmChannel, connect, GetMessage, Message } from 'amqplib';
import { loadAmqplib } from '#server/brokers/rabbitmq/foreign-amqplib.ts';

/**
 * amqplib as a foreign client that sends and shows the content header (flags, properties, header table) byte for byte: its own decoder knows no
 * decimals, rounds, and keeps one of repeated names. Nothing of the driver is used.
 */
export function loadRawAmqplib(): { readonly connect: typeof connect } {
  return loadAmqplib((part) => {
    const definitions = part('lib/defs.js') as Definitions;
    const { decode, encodeProperties } = definitions;
    definitions.decode = (id, bytes) =>
      id === basicClass ? { headers: { raw: Buffer.from(bytes) } } : decode(id, bytes);
    definitions.encodeProperties = (id, channel, size, fields) =>
      isRaw(fields['headers'])
        ? headerFrame(channel, size, fields['headers'].raw)
        : encodeProperties(id, channel, size, fields);
  });
}

interface Definitions {
  decode(id: number, bytes: Buffer): unknown;
  encodeProperties(id: number, channel: number, size: number, fields: Readonly<Record<string, unknown>>): Buffer;
}

interface Raw {
  readonly raw: Buffer;
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && 'raw' in value && Buffer.isBuffer(value.raw);
}

const basicClass = 60;

function headerFrame(channel: number, size: number, raw: Buffer): Buffer {
  const frame = Buffer.alloc(7 + 12 + raw.length + 1);
  frame.writeUInt8(2, 0);
  frame.writeUInt16BE(channel, 1);
  frame.writeUInt32BE(12 + raw.length, 3);
  frame.writeUInt16BE(basicClass, 7);
  frame.writeBigUInt64BE(BigInt(size), 11);
  raw.copy(frame, 19);
  frame.writeUInt8(0xce, frame.length - 1);
  return frame;
}

/** One entry of a header table: the value with its type's letter before it, as it stands on the wire. */
export interface RawField {
  readonly name: Buffer;
  readonly value: Buffer;
}

export interface RawContent {
  readonly body: Buffer;
  readonly headers: readonly RawField[];
  /** By AMQP's names, without `headers`: the bytes on the wire. */
  readonly properties: ReadonlyMap<PropertyName, Buffer>;
}

/** AMQP 0-9-1, class basic, from the highest flag down. */
const propertySizes = {
  'content-type': 'short',
  'content-encoding': 'short',
  headers: 'table',
  'delivery-mode': 1,
  priority: 1,
  'correlation-id': 'short',
  'reply-to': 'short',
  expiration: 'short',
  'message-id': 'short',
  timestamp: 8,
  type: 'short',
  'user-id': 'short',
  'app-id': 'short',
  'cluster-id': 'short',
} as const;
type PropertyName = Exclude<keyof typeof propertySizes, 'headers'>;
const inOrder = Object.entries(propertySizes);

export function publishRaw(
  channel: ConfirmChannel,
  exchange: string,
  routingKey: string,
  { body, headers, properties }: RawContent,
): void {
  const table = Buffer.concat(headers.flatMap(({ name, value }) => [Buffer.of(name.length), name, value]));
  let flags = 0;
  const parts: Buffer[] = [];
  for (const [index, [name]] of inOrder.entries()) {
    const own = name === 'headers' ? (headers.length > 0 ? sized(table) : undefined) : properties.get(name as 'type');
    if (own === undefined) continue;
    flags |= 1 << (15 - index);
    parts.push(own);
  }
  const raw = Buffer.concat([Buffer.of(flags >> 8, flags & 0xff), ...parts]);
  channel.publish(exchange, routingKey, body, { headers: { raw } });
}

/** With its length in four bytes before it. */
export function sized(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** With its length in one byte before it. */
export function short(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

export function receivedRaw(message: Message | GetMessage): RawContent {
  const found: unknown = message.properties.headers;
  if (!isRaw(found)) throw new Error('The message did not come through the raw client.');
  const { raw } = found;
  const flags = raw.readUInt16BE(0);
  const properties = new Map<PropertyName, Buffer>();
  let headers: readonly RawField[] = [];
  let offset = 2;
  for (const [index, [name, size]] of inOrder.entries()) {
    if ((flags & (1 << (15 - index))) === 0) continue;
    const length =
      size === 'short' ? 1 + raw.readUInt8(offset) : size === 'table' ? 4 + raw.readUInt32BE(offset) : size;
    const part = raw.subarray(offset, offset + length);
    if (name === 'headers') headers = fieldsOf(part.subarray(4));
    else properties.set(name as PropertyName, Buffer.from(part));
    offset += length;
  }
  return { body: message.content, headers, properties };
}

function fieldsOf(table: Buffer): readonly RawField[] {
  const fields: RawField[] = [];
  for (let offset = 0; offset < table.length;) {
    const start = offset + 1 + table.readUInt8(offset);
    const end = start + valueBytes(table, start);
    fields.push({
      name: Buffer.from(table.subarray(offset + 1, start)),
      value: Buffer.from(table.subarray(start, end)),
    });
    offset = end;
  }
  return fields;
}

const fixedBytes: Readonly<Record<string, number>> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  l: 8,
  f: 4,
  d: 8,
  D: 5,
  T: 8,
  V: 0,
};

function valueBytes(bytes: Buffer, start: number): number {
  const tag = String.fromCharCode(bytes.readUInt8(start));
  const fixed = fixedBytes[tag];
  return fixed === undefined ? 5 + bytes.readUInt32BE(start + 1) : 1 + fixed;
}

/** The text of a `longstr`. */
export function textOf({ value }: RawField): string {
  return value.toString('utf8', 5);
}
