import type { Content } from '#lib/filter/evaluate.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import type { Header, HeaderValue, RawDeadLetter } from '#lib/domain/message.ts';
import { AppError } from '#lib/domain/errors.ts';
import { type ByteReader, type ByteWriter, createByteReader, createByteWriter } from '#server/store/bytes.ts';

/**
 * A raw dead letter as bytes: layout, key, body, headers, properties, envelope, each with its length before it and no field names. What comes
 * out is what went in, to the byte, the sign of a zero and the unpaired surrogate: replays are made from it. Written by hand because it is
 * done for every message that arrives: MessagePack's writer needs an array for each header and value, and was measured at three times the cost.
 * Behind it, in a layout of its own, what the search sees besides.
 */
export function writeContent(writer: ByteWriter, raw: RawDeadLetter, decoded?: DecodedBody): void {
  writer.byte(decoded === undefined ? layouts.plain : layouts.decoded);
  writer.bytes(raw.key);
  writer.bytes(raw.body);
  writeHeaders(writer, raw.headers);
  writeHeaders(writer, raw.properties);
  writer.text(raw.identity);
  writer.text(raw.position);
  writer.text(raw.lane);
  writer.byte((raw.sequence === null ? 0 : 1) | (raw.brokerAt === null ? 0 : 2));
  if (raw.sequence !== null) writer.text(raw.sequence);
  if (raw.brokerAt !== null) writer.double(raw.brokerAt);
  if (decoded !== undefined) writeDecoded(writer, decoded);
}

export function encodeContent(raw: RawDeadLetter, decoded?: DecodedBody): Uint8Array {
  const writer = createByteWriter();
  writeContent(writer, raw, decoded);
  return writer.take();
}

/** `internal` where the bytes are damaged or from a layout that this version does not know. */
export function decodeContent(content: Uint8Array): RawDeadLetter {
  return readRaw(createByteReader(content)).raw;
}

/** The same with what the search sees besides. Throws as `decodeContent`. */
export function decodeSearched(content: Uint8Array): Content {
  const reader = createByteReader(content);
  const { raw, isDecoded } = readRaw(reader);
  return isDecoded ? { ...raw, decoded: readDecoded(reader) } : raw;
}

function readRaw(reader: ByteReader): { readonly raw: RawDeadLetter; readonly isDecoded: boolean } {
  const found = reader.byte();
  if (found !== layouts.plain && found !== layouts.decoded)
    throw new AppError('internal', `A message's content has layout ${found}, which this version cannot read.`);
  const key = reader.bytes();
  const body = reader.bytes();
  const headers = readHeaders(reader);
  const properties = readHeaders(reader);
  const identity = reader.text();
  const position = reader.text();
  const lane = reader.text();
  const present = reader.byte();
  const sequence = (present & 1) === 0 ? null : reader.text();
  const brokerAt = (present & 2) === 0 ? null : reader.double();
  const raw = { key, body, headers, properties, identity, position, lane, sequence, brokerAt };
  return { raw, isDecoded: found === layouts.decoded };
}

export const layouts = { plain: 1, decoded: 2 } as const;

/** By their places, which never change. */
export const missings = [null, 'schema', 'limit', 'time', 'unreadable'] as const;

/** What the search sees besides, alone: for what was decoded later than the message arrived. */
export function encodeDecoded(decoded: DecodedBody): Uint8Array {
  const writer = createByteWriter();
  writeDecoded(writer, decoded);
  return writer.take();
}

export function decodeDecoded(bytes: Uint8Array): DecodedBody {
  return readDecoded(createByteReader(bytes));
}

function writeDecoded(writer: ByteWriter, { documents, missing }: DecodedBody): void {
  writer.byte(missings.indexOf(missing));
  writer.count(documents.length);
  for (const document of documents) writer.bytes(document);
}

function readDecoded(reader: ByteReader): DecodedBody {
  const missing = missings[reader.byte()] ?? null;
  const documents = Array.from({ length: reader.count() }, () => reader.bytes() ?? new Uint8Array());
  return { documents, missing };
}

/** Never renumbered. */
export const tags = {
  null: 0,
  bytes: 1,
  text: 2,
  integer: 3,
  decimal: 4,
  number: 5,
  true: 6,
  false: 7,
  seconds: 8,
  milliseconds: 9,
  table: 10,
  list: 11,
} as const;
/** Added to the tag where the broker's own type name follows. */
const typed = 32;

function writeHeaders(writer: ByteWriter, headers: readonly Header[]): void {
  writer.count(headers.length);
  for (const { name, nameIsLatin1, value } of headers) {
    writer.text(name);
    writer.byte(nameIsLatin1 ? 1 : 0);
    writeValue(writer, value);
  }
}

function readHeaders(reader: ByteReader): Header[] {
  return Array.from({ length: reader.count() }, () => readHeader(reader));
}

export function readHeader(reader: ByteReader): Header {
  const name = reader.text();
  const isLatin1 = reader.byte() === 1;
  const value = readValue(reader);
  return isLatin1 ? { name, nameIsLatin1: true, value } : { name, value };
}

function writeValue(writer: ByteWriter, value: HeaderValue): void {
  const type = 'type' in value ? value.type : undefined;
  const tag = (which: number): void => {
    writer.byte(type === undefined ? which : which + typed);
    if (type !== undefined) writer.text(type);
  };
  switch (value.kind) {
    case 'null':
      return writer.byte(tags.null);
    case 'bytes':
      tag(tags.bytes);
      return writer.bytes(value.bytes);
    case 'text':
    case 'integer':
    case 'decimal':
      tag(tags[value.kind]);
      return writer.text(value.text);
    case 'number':
      tag(tags.number);
      return writer.double(value.value);
    case 'boolean':
      return writer.byte(value.value ? tags.true : tags.false);
    case 'timestamp':
      writer.byte(value.unit === 's' ? tags.seconds : tags.milliseconds);
      return writer.text(value.text);
    case 'table':
      writer.byte(tags.table);
      return writeHeaders(writer, value.entries);
    case 'list':
      writer.byte(tags.list);
      writer.count(value.items.length);
      for (const item of value.items) writeValue(writer, item);
  }
}

function readValue(reader: ByteReader): HeaderValue {
  const tag = reader.byte();
  const type = tag >= typed ? { type: reader.text() } : {};
  switch (tag % typed) {
    case tags.null:
      return { kind: 'null' };
    case tags.bytes:
      return { kind: 'bytes', bytes: reader.bytes() ?? new Uint8Array(), ...type };
    case tags.text:
      return { kind: 'text', text: reader.text(), ...type };
    case tags.integer:
      return { kind: 'integer', text: reader.text(), ...type };
    case tags.decimal:
      return { kind: 'decimal', text: reader.text(), ...type };
    case tags.number:
      return { kind: 'number', value: reader.double(), ...type };
    case tags.true:
      return { kind: 'boolean', value: true };
    case tags.false:
      return { kind: 'boolean', value: false };
    case tags.seconds:
      return { kind: 'timestamp', text: reader.text(), unit: 's' };
    case tags.milliseconds:
      return { kind: 'timestamp', text: reader.text(), unit: 'ms' };
    case tags.table:
      return { kind: 'table', entries: readHeaders(reader) };
    case tags.list:
      return { kind: 'list', items: Array.from({ length: reader.count() }, () => readValue(reader)) };
    default:
      throw new AppError('internal', `A message's content has a value of kind ${tag}, which this version cannot read.`);
  }
}
