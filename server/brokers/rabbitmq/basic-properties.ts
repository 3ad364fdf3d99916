import { isUtf8 } from 'node:buffer';
import { AppError } from '#lib/domain/errors.ts';
import type { Header, HeaderValue } from '#lib/domain/message.ts';
import { decodeTable, encodeTable, shortString } from '#server/brokers/rabbitmq/amqp-fields.ts';

/** What AMQP keeps beside the body: the header table, and the basic properties under the specification's names, in its order. */
export interface ContentHeader {
  readonly headers: readonly Header[];
  readonly properties: readonly Header[];
}

/** From the highest of the 16 flags down (AMQP 0-9-1, class basic; `cluster-id` is what 0-9-1 calls reserved). */
const fields = [
  { name: 'content-type', type: 'shortstr' },
  { name: 'content-encoding', type: 'shortstr' },
  { name: 'headers', type: 'table' },
  { name: 'delivery-mode', type: 'octet' },
  { name: 'priority', type: 'octet' },
  { name: 'correlation-id', type: 'shortstr' },
  { name: 'reply-to', type: 'shortstr' },
  { name: 'expiration', type: 'shortstr' },
  { name: 'message-id', type: 'shortstr' },
  { name: 'timestamp', type: 'timestamp' },
  { name: 'type', type: 'shortstr' },
  { name: 'user-id', type: 'shortstr' },
  { name: 'app-id', type: 'shortstr' },
  { name: 'cluster-id', type: 'shortstr' },
] as const;

/** Reads the flags and fields of a content header frame, after the 12 bytes of class, weight and body size. */
export function decodeContentHeader(bytes: Buffer): ContentHeader {
  const flags = bytes.readUInt16BE(0);
  // A further word of flags follows when the lowest bit is set; the basic class has too few properties for that.
  if ((flags & 1) !== 0) throw new RangeError('RabbitMQ sent more property flags than AMQP 0-9-1 has.');
  let headers: readonly Header[] = [];
  const properties: Header[] = [];
  let offset = 2;
  for (const [index, { name, type }] of fields.entries()) {
    if ((flags & (1 << (15 - index))) === 0) continue;
    switch (type) {
      case 'table': {
        const end = offset + 4 + bytes.readUInt32BE(offset);
        headers = decodeTable(bytes.subarray(offset + 4, end));
        offset = end;
        break;
      }
      case 'shortstr': {
        const end = offset + 1 + bytes.readUInt8(offset);
        properties.push({ name, value: shortText(bytes.subarray(offset + 1, end)) });
        offset = end;
        break;
      }
      case 'octet':
        properties.push({ name, value: { kind: 'integer', text: String(bytes.readUInt8(offset)) } });
        offset += 1;
        break;
      case 'timestamp':
        properties.push({
          name,
          value: { kind: 'timestamp', text: bytes.readBigUInt64BE(offset).toString(), unit: 's' },
        });
        offset += 8;
        break;
    }
  }
  return { headers, properties };
}

function shortText(bytes: Buffer): HeaderValue {
  return isUtf8(bytes)
    ? { kind: 'text', text: bytes.toString('utf8') }
    : { kind: 'bytes', bytes: new Uint8Array(bytes) };
}

/**
 * The reverse, byte for byte. Properties that are not basic properties are ignored; an empty header table is left out.
 * Throws `unencodable`.
 */
export function encodeContentHeader({ headers, properties }: ContentHeader): Buffer {
  const byName = new Map(properties.map((property) => [property.name, property.value]));
  const parts: Buffer[] = [];
  let flags = 0;
  for (const [index, { name, type }] of fields.entries()) {
    const part = type === 'table' ? encodeHeaders(headers) : encodeProperty(name, type, byName.get(name));
    if (part === null) continue;
    flags |= 1 << (15 - index);
    parts.push(part);
  }
  const head = Buffer.alloc(2);
  head.writeUInt16BE(flags);
  return Buffer.concat([head, ...parts]);
}

function encodeHeaders(headers: readonly Header[]): Buffer | null {
  if (headers.length === 0) return null;
  const table = encodeTable(headers);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(table.length);
  return Buffer.concat([length, table]);
}

function encodeProperty(
  name: string,
  type: 'shortstr' | 'octet' | 'timestamp',
  value: HeaderValue | undefined,
): Buffer | null {
  if (value === undefined || value.kind === 'null') return null;
  if (type === 'shortstr') {
    if (value.kind === 'text') return shortString(Buffer.from(value.text, 'utf8'), `The property ${name}`);
    if (value.kind === 'bytes') return shortString(value.bytes, `The property ${name}`);
  } else if (
    (value.kind === 'integer' || value.kind === 'timestamp' || value.kind === 'text') &&
    /^\d+$/.test(value.text)
  ) {
    const number = BigInt(value.text);
    if (type === 'octet' && number <= 0xffn) return Buffer.of(Number(number));
    if (type === 'timestamp' && number < 2n ** 64n && !(value.kind === 'timestamp' && value.unit === 'ms')) {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(number);
      return bytes;
    }
  }
  throw new AppError('unencodable', `The property ${name} is no AMQP ${type}. It cannot be sent to RabbitMQ as it is.`);
}
