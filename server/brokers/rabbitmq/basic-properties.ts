import { isUtf8 } from 'node:buffer';
import { AppError } from '#lib/domain/errors.ts';
import type { Header, HeaderValue } from '#lib/domain/message.ts';
import { decodeTable, writeTable } from '#server/brokers/rabbitmq/amqp-fields.ts';
import { type AmqpWriter, writtenBy } from '#server/brokers/rabbitmq/amqp-writer.ts';

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
  return writtenBy((writer) => {
    let flags = 0;
    writer.uint16(flags);
    for (const [index, { name, type }] of fields.entries()) {
      const isWritten =
        type === 'table' ? writeHeaders(writer, headers) : writeProperty(writer, name, type, properties);
      if (isWritten) flags |= 1 << (15 - index);
    }
    writer.patchUint16(0, flags);
  });
}

/** Answers whether there was anything to write. */
function writeHeaders(writer: AmqpWriter, headers: readonly Header[]): boolean {
  if (headers.length === 0) return false;
  writer.long(() => writeTable(writer, headers));
  return true;
}

function writeProperty(
  writer: AmqpWriter,
  name: string,
  type: 'shortstr' | 'octet' | 'timestamp',
  properties: readonly Header[],
): boolean {
  // Of two with the same name the last one counts.
  const value = properties.findLast((property) => property.name === name)?.value;
  if (value === undefined || value.kind === 'null') return false;
  if (type === 'shortstr') {
    if (value.kind === 'text' || value.kind === 'bytes') {
      writer.shortString(value.kind === 'text' ? value.text : value.bytes, () => `The property ${name}`);
      return true;
    }
  } else if (
    (value.kind === 'integer' || value.kind === 'timestamp' || value.kind === 'text') &&
    /^\d+$/.test(value.text)
  ) {
    const number = BigInt(value.text);
    if (type === 'octet' && number <= 0xffn) {
      writer.uint8(Number(number));
      return true;
    }
    if (type === 'timestamp' && number < 2n ** 64n && !(value.kind === 'timestamp' && value.unit === 'ms')) {
      writer.uint64(number);
      return true;
    }
  }
  throw new AppError('unencodable', `The property ${name} is no AMQP ${type}. It cannot be sent to RabbitMQ as it is.`);
}
