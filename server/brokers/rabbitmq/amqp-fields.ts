import { isUtf8 } from 'node:buffer';
import { AppError } from '#lib/domain/errors.ts';
import type { Header, HeaderValue } from '#lib/domain/message.ts';

/**
 * AMQP 0-9-1 field tables with every type kept, as RabbitMQ reads and writes them (the tags differ from the specification:
 * https://www.rabbitmq.com/amqp-0-9-1-errata#section_3). amqplib's own decoder loses the types and values beyond 2^53.
 */
export function decodeTable(bytes: Buffer): readonly Header[] {
  const entries: Header[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const nameLength = bytes.readUInt8(offset);
    const name = bytes.subarray(offset + 1, offset + 1 + nameLength);
    const decoded = decodeValue(bytes, offset + 1 + nameLength);
    entries.push({ ...decodeName(name), value: decoded.value });
    offset = decoded.end;
  }
  return entries;
}

function decodeName(bytes: Buffer): Pick<Header, 'name' | 'nameIsLatin1'> {
  if (isUtf8(bytes)) return { name: bytes.toString('utf8') };
  return { name: bytes.toString('latin1'), nameIsLatin1: true };
}

function decodeValue(bytes: Buffer, start: number): { value: HeaderValue; end: number } {
  const tag = String.fromCharCode(bytes.readUInt8(start));
  const at = start + 1;
  switch (tag) {
    case 'S':
    case 'x':
    case 'F':
    case 'A': {
      const end = at + 4 + bytes.readUInt32BE(at);
      if (end > bytes.length) throw new RangeError('An AMQP field ends beyond its table.');
      return { value: decodeLongValue(tag, bytes.subarray(at + 4, end)), end };
    }
    case 't':
      return { value: { kind: 'boolean', value: bytes.readUInt8(at) !== 0 }, end: at + 1 };
    case 'V':
      return { value: { kind: 'null' }, end: at };
    case 'b':
      return { value: integer(bytes.readInt8(at), 'int8'), end: at + 1 };
    case 'B':
      return { value: integer(bytes.readUInt8(at), 'uint8'), end: at + 1 };
    case 's':
      return { value: integer(bytes.readInt16BE(at), 'int16'), end: at + 2 };
    case 'u':
      return { value: integer(bytes.readUInt16BE(at), 'uint16'), end: at + 2 };
    case 'I':
      return { value: integer(bytes.readInt32BE(at), 'int32'), end: at + 4 };
    case 'i':
      return { value: integer(bytes.readUInt32BE(at), 'uint32'), end: at + 4 };
    case 'l':
      return { value: integer(bytes.readBigInt64BE(at), 'int64'), end: at + 8 };
    case 'f':
      return { value: { kind: 'number', value: bytes.readFloatBE(at), type: 'float' }, end: at + 4 };
    case 'd':
      return { value: { kind: 'number', value: bytes.readDoubleBE(at), type: 'double' }, end: at + 8 };
    case 'T':
      return { value: { kind: 'timestamp', text: bytes.readBigUInt64BE(at).toString(), unit: 's' }, end: at + 8 };
    case 'D':
      return {
        value: { kind: 'decimal', text: decimalText(bytes.readUInt8(at), bytes.readUInt32BE(at + 1)), type: 'decimal' },
        end: at + 5,
      };
    default:
      throw new RangeError(`RabbitMQ sent a header of the unknown type 0x${bytes.readUInt8(start).toString(16)}.`);
  }
}

function decodeLongValue(tag: 'S' | 'x' | 'F' | 'A', bytes: Buffer): HeaderValue {
  switch (tag) {
    case 'S':
      if (isUtf8(bytes)) return { kind: 'text', text: bytes.toString('utf8'), type: 'longstr' };
      return { kind: 'bytes', bytes: new Uint8Array(bytes), type: 'longstr' };
    case 'x':
      return { kind: 'bytes', bytes: new Uint8Array(bytes), type: 'binary' };
    case 'F':
      return { kind: 'table', entries: decodeTable(bytes) };
    case 'A': {
      const items: HeaderValue[] = [];
      for (let offset = 0; offset < bytes.length;) {
        const decoded = decodeValue(bytes, offset);
        items.push(decoded.value);
        offset = decoded.end;
      }
      return { kind: 'list', items };
    }
  }
}

function integer(value: number | bigint, type: IntegerType): HeaderValue {
  return { kind: 'integer', text: value.toString(), type };
}

/** The digits with exactly `places` of them after the point, so that the number of places survives. */
function decimalText(places: number, digits: number): string {
  if (places === 0) return String(digits);
  const text = String(digits).padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** The table without its length prefix. Throws `unencodable` for what AMQP has no place for. */
export function encodeTable(entries: readonly Header[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) parts.push(encodeName(entry), encodeValue(entry.value, entry.name));
  return Buffer.concat(parts);
}

function encodeName(header: Header): Buffer {
  return shortString(
    Buffer.from(header.name, header.nameIsLatin1 ? 'latin1' : 'utf8'),
    `The header name "${header.name.slice(0, 40)}…"`,
  );
}

/** At most 255 bytes after a byte for the length. */
export function shortString(bytes: Uint8Array, what: string): Buffer {
  if (bytes.length <= 255) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  throw unencodable(
    `${what} has ${bytes.length} bytes; AMQP takes at most 255 there. It cannot be sent to RabbitMQ as it is.`,
  );
}

function encodeValue(value: HeaderValue, name: string): Buffer {
  switch (value.kind) {
    case 'null':
      return Buffer.from('V');
    case 'text':
      return longValue('S', Buffer.from(value.text, 'utf8'));
    case 'bytes':
      return longValue(value.type === 'longstr' ? 'S' : 'x', value.bytes);
    case 'boolean':
      return Buffer.from([tagOf('t'), value.value ? 1 : 0]);
    case 'table':
      return longValue('F', encodeTable(value.entries));
    case 'list':
      return longValue('A', Buffer.concat(value.items.map((item) => encodeValue(item, name))));
    case 'timestamp':
      if (value.unit !== 's')
        throw unencodable(`The header "${name}" is a time in milliseconds; AMQP keeps seconds. Send it as an integer.`);
      return withBytes('T', 8, (buffer) => buffer.writeBigUInt64BE(integerWithin(value.text, 0n, maxUint64, name), 1));
    case 'number':
      if (value.type === 'float') return withBytes('f', 4, (buffer) => buffer.writeFloatBE(value.value, 1));
      return withBytes('d', 8, (buffer) => buffer.writeDoubleBE(value.value, 1));
    case 'decimal':
      return encodeDecimal(value.text, name);
    case 'integer':
      return encodeInteger(value.text, value.type, name);
  }
}

const integerTypes = {
  int8: { tag: 'b', bytes: 1, min: -0x80n, max: 0x7fn },
  uint8: { tag: 'B', bytes: 1, min: 0n, max: 0xffn },
  int16: { tag: 's', bytes: 2, min: -0x8000n, max: 0x7fffn },
  uint16: { tag: 'u', bytes: 2, min: 0n, max: 0xffffn },
  int32: { tag: 'I', bytes: 4, min: -0x8000_0000n, max: 0x7fff_ffffn },
  uint32: { tag: 'i', bytes: 4, min: 0n, max: 0xffff_ffffn },
  int64: { tag: 'l', bytes: 8, min: -(2n ** 63n), max: 2n ** 63n - 1n },
} as const;
type IntegerType = keyof typeof integerTypes;
const maxUint64 = 2n ** 64n - 1n;

function isIntegerType(type: string): type is IntegerType {
  return Object.hasOwn(integerTypes, type);
}

/** An integer that came from elsewhere, without an AMQP type, becomes an int64, as RabbitMQ's own headers are. */
function encodeInteger(text: string, type: string | undefined, name: string): Buffer {
  const { tag, bytes, min, max } = integerTypes[type !== undefined && isIntegerType(type) ? type : 'int64'];
  const value = integerWithin(text, min, max, name);
  const unsigned = BigInt.asUintN(bytes * 8, value);
  return withBytes(tag, bytes, (buffer) => buffer.write(unsigned.toString(16).padStart(bytes * 2, '0'), 1, 'hex'));
}

function integerWithin(text: string, min: bigint, max: bigint, name: string): bigint {
  const value = /^-?\d+$/.test(text) ? BigInt(text) : null;
  if (value !== null && value >= min && value <= max) return value;
  throw unencodable(`The header "${name}" is not an integer from ${min} to ${max}. RabbitMQ has no type for it.`);
}

function encodeDecimal(text: string, name: string): Buffer {
  const [whole = '', fraction = ''] = text.split('.');
  const digits = /^\d+(\.\d{1,255})?$/.test(text) ? BigInt(whole + fraction) : maxUint64;
  if (digits > 0xffff_ffffn)
    throw unencodable(`The header "${name}" is no decimal of 32 bits. RabbitMQ has no type for it.`);
  return withBytes('D', 5, (buffer) => {
    buffer.writeUInt8(fraction.length, 1);
    buffer.writeUInt32BE(Number(digits), 2);
  });
}

function longValue(tag: string, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.write(tag, 0, 'latin1');
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function withBytes(tag: string, length: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(1 + length);
  buffer.write(tag, 0, 'latin1');
  write(buffer);
  return buffer;
}

function tagOf(tag: string): number {
  return tag.charCodeAt(0);
}

function unencodable(message: string): AppError {
  return new AppError('unencodable', message);
}
