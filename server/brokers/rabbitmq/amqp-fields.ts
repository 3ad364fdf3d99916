import { isUtf8 } from 'node:buffer';
import { AppError } from '#lib/domain/errors.ts';
import type { Header, HeaderValue } from '#lib/domain/message.ts';
import { type AmqpWriter, writtenBy } from '#server/brokers/rabbitmq/amqp-writer.ts';

/** Lists and tables within one another; RabbitMQ's own `x-death` has two. What is deeper stays as it came: anyone may send as many as fit into a frame, and no stack is that high. */
export const nestedMax = 64;

/**
 * AMQP 0-9-1 field tables with every type kept, as RabbitMQ reads and writes them (the tags differ from the specification:
 * https://www.rabbitmq.com/amqp-0-9-1-errata#section_3). amqplib's own decoder loses the types and values beyond 2^53.
 */
export function decodeTable(bytes: Buffer, depth = 0): readonly Header[] {
  const entries: Header[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const nameLength = bytes.readUInt8(offset);
    const name = bytes.subarray(offset + 1, offset + 1 + nameLength);
    const decoded = decodeValue(bytes, offset + 1 + nameLength, depth);
    entries.push({ ...decodeName(name), value: decoded.value });
    offset = decoded.end;
  }
  return entries;
}

function decodeName(bytes: Buffer): Pick<Header, 'name' | 'nameIsLatin1'> {
  if (isUtf8(bytes)) return { name: bytes.toString('utf8') };
  return { name: bytes.toString('latin1'), nameIsLatin1: true };
}

function decodeValue(bytes: Buffer, start: number, depth: number): { value: HeaderValue; end: number } {
  const tag = String.fromCharCode(bytes.readUInt8(start));
  const at = start + 1;
  switch (tag) {
    case 'S':
    case 'x':
    case 'F':
    case 'A': {
      const end = at + 4 + bytes.readUInt32BE(at);
      if (end > bytes.length) throw new RangeError('An AMQP field ends beyond its table.');
      return { value: decodeLongValue(tag, bytes.subarray(at + 4, end), depth), end };
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

function decodeLongValue(tag: 'S' | 'x' | 'F' | 'A', bytes: Buffer, depth: number): HeaderValue {
  if (depth >= nestedMax && (tag === 'F' || tag === 'A'))
    return { kind: 'bytes', bytes: new Uint8Array(bytes), type: tag === 'F' ? 'table' : 'list' };
  switch (tag) {
    case 'S':
      if (isUtf8(bytes)) return { kind: 'text', text: bytes.toString('utf8'), type: 'longstr' };
      return { kind: 'bytes', bytes: new Uint8Array(bytes), type: 'longstr' };
    case 'x':
      return { kind: 'bytes', bytes: new Uint8Array(bytes), type: 'binary' };
    case 'F':
      return { kind: 'table', entries: decodeTable(bytes, depth + 1) };
    case 'A': {
      const items: HeaderValue[] = [];
      for (let offset = 0; offset < bytes.length;) {
        const decoded = decodeValue(bytes, offset, depth + 1);
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
  return writtenBy((writer) => writeTable(writer, entries));
}

/** As `encodeTable`, behind what was written before. */
export function writeTable(writer: AmqpWriter, entries: readonly Header[]): void {
  for (const { name, nameIsLatin1, value } of entries) {
    writer.shortString(
      name,
      () => `The header name "${name.slice(0, 40)}…"`,
      nameIsLatin1 === true ? 'latin1' : 'utf8',
    );
    writeValue(writer, value, name);
  }
}

/** At most 255 bytes after a byte for the length. */
export function shortString(text: string, what: string): Buffer {
  return writtenBy((writer) => writer.shortString(text, () => what));
}

const tags = {
  longstr: tagOf('S'),
  binary: tagOf('x'),
  table: tagOf('F'),
  list: tagOf('A'),
  boolean: tagOf('t'),
  null: tagOf('V'),
  timestamp: tagOf('T'),
  float: tagOf('f'),
  double: tagOf('d'),
  decimal: tagOf('D'),
} as const;

/** Text that is not UTF-8, and what is nested too deeply to be taken apart. */
const bytesTags = new Map<string | undefined, number>([
  ['longstr', tags.longstr],
  ['table', tags.table],
  ['list', tags.list],
]);

function writeValue(writer: AmqpWriter, value: HeaderValue, name: string): void {
  switch (value.kind) {
    case 'null':
      return writer.uint8(tags.null);
    case 'text':
      writer.uint8(tags.longstr);
      return writer.longString(value.text);
    case 'bytes':
      writer.uint8(bytesTags.get(value.type) ?? tags.binary);
      return writer.longString(value.bytes);
    case 'boolean':
      writer.uint8(tags.boolean);
      return writer.uint8(value.value ? 1 : 0);
    case 'table':
      writer.uint8(tags.table);
      return writer.long(() => writeTable(writer, value.entries));
    case 'list':
      writer.uint8(tags.list);
      return writer.long(() => {
        for (const item of value.items) writeValue(writer, item, name);
      });
    case 'timestamp':
      if (value.unit !== 's')
        throw unencodable(`The header "${name}" is a time in milliseconds; AMQP keeps seconds. Send it as an integer.`);
      writer.uint8(tags.timestamp);
      return writer.uint64(integerWithin(value.text, 0n, maxUint64, name));
    case 'number':
      if (value.type === 'float') {
        writer.uint8(tags.float);
        return writer.float(value.value);
      }
      writer.uint8(tags.double);
      return writer.double(value.value);
    case 'decimal':
      return writeDecimal(writer, value.text, name);
    case 'integer':
      return writeInteger(writer, value.text, value.type, name);
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
function writeInteger(writer: AmqpWriter, text: string, type: string | undefined, name: string): void {
  const { tag, bytes, min, max } = integerTypes[type !== undefined && isIntegerType(type) ? type : 'int64'];
  const value = integerWithin(text, min, max, name);
  writer.uint8(tagOf(tag));
  writer.integer(value, bytes);
}

function integerWithin(text: string, min: bigint, max: bigint, name: string): bigint {
  const value = /^-?\d+$/.test(text) ? BigInt(text) : null;
  if (value !== null && value >= min && value <= max) return value;
  throw unencodable(`The header "${name}" is not an integer from ${min} to ${max}. RabbitMQ has no type for it.`);
}

function writeDecimal(writer: AmqpWriter, text: string, name: string): void {
  const [whole = '', fraction = ''] = text.split('.');
  const digits = /^\d+(\.\d{1,255})?$/.test(text) ? BigInt(whole + fraction) : maxUint64;
  if (digits > 0xffff_ffffn)
    throw unencodable(`The header "${name}" is no decimal of 32 bits. RabbitMQ has no type for it.`);
  writer.uint8(tags.decimal);
  writer.uint8(fraction.length);
  writer.uint32(Number(digits));
}

function tagOf(tag: string): number {
  return tag.charCodeAt(0);
}

function unencodable(message: string): AppError {
  return new AppError('unencodable', message);
}
