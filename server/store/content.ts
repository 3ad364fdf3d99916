import { Packr } from 'msgpackr';
import type { Header, HeaderValue, RawDeadLetter } from '#lib/domain/message.ts';
import { AppError } from '#lib/domain/errors.ts';

/**
 * A raw dead letter as one blob: `[layout, codec, …packed]`. Layout 1 is a plain MessagePack array without field names; codec 0 is
 * uncompressed. What comes out is what went in, to the byte, the sign of a zero and the unpaired surrogate: replays are made from it.
 */
export function encodeContent(raw: RawDeadLetter): Uint8Array {
  const packed = packr.pack([
    raw.key,
    raw.body,
    raw.headers.map(packHeader),
    raw.properties.map(packHeader),
    packText(raw.identity),
    packText(raw.position),
    packText(raw.lane),
    raw.sequence,
    raw.brokerAt,
  ]);
  const content = new Uint8Array(packed.length + 2);
  content[0] = layout;
  content[1] = codecs.none;
  content.set(packed, 2);
  return content;
}

/** `internal` where the blob is damaged or from a layout that this version does not know. */
export function decodeContent(content: Uint8Array): RawDeadLetter {
  if (content[0] !== layout || content[1] !== codecs.none) {
    throw new AppError(
      'internal',
      `A message's content has layout ${content[0]}, codec ${content[1]}, which this version cannot read.`,
    );
  }
  // Only `encodeContent` writes these blobs, and the layout byte has just been checked.
  const [key, body, headers, properties, identity, position, lane, sequence, brokerAt] = packr.unpack(
    content.subarray(2),
  ) as PackedLetter;
  return {
    key: key && copy(key),
    body: body && copy(body),
    headers: headers.map(unpackHeader),
    properties: properties.map(unpackHeader),
    identity: unpackText(identity),
    position: unpackText(position),
    lane: unpackText(lane),
    sequence,
    brokerAt,
  };
}

const layout = 1;
const codecs = { none: 0 } as const;
const packr = new Packr({ useRecords: false, variableMapSize: true, mapsAsObjects: false });

type PackedText = string | Uint8Array;
type PackedHeader = readonly [name: PackedText, flags: 0 | 1, value: PackedValue];
type PackedValue =
  | readonly ['0']
  | readonly ['b', Uint8Array, string?]
  | readonly ['t' | 'i' | 'd', PackedText, string?]
  | readonly ['n', Uint8Array, string?]
  | readonly ['?', boolean]
  | readonly ['s' | 'ms', PackedText]
  | readonly ['{', readonly PackedHeader[]]
  | readonly ['[', readonly PackedValue[]];
type PackedLetter = readonly [
  Uint8Array | null,
  Uint8Array | null,
  readonly PackedHeader[],
  readonly PackedHeader[],
  PackedText,
  PackedText,
  PackedText,
  string | null,
  number | null,
];

function packHeader(header: Header): PackedHeader {
  return [packText(header.name), header.nameIsLatin1 ? 1 : 0, packValue(header.value)];
}

function unpackHeader([name, flags, value]: PackedHeader): Header {
  const header = { name: unpackText(name), value: unpackValue(value) };
  return flags === 1 ? { ...header, nameIsLatin1: true } : header;
}

function packValue(value: HeaderValue): PackedValue {
  switch (value.kind) {
    case 'null':
      return ['0'];
    case 'bytes':
      return value.type === undefined ? ['b', value.bytes] : ['b', value.bytes, value.type];
    case 'text':
      return packTyped('t', value.text, value.type);
    case 'integer':
      return packTyped('i', value.text, value.type);
    case 'decimal':
      return packTyped('d', value.text, value.type);
    case 'number':
      return value.type === undefined ? ['n', packNumber(value.value)] : ['n', packNumber(value.value), value.type];
    case 'boolean':
      return ['?', value.value];
    case 'timestamp':
      return [value.unit, packText(value.text)];
    case 'table':
      return ['{', value.entries.map(packHeader)];
    case 'list':
      return ['[', value.items.map(packValue)];
  }
}

function packTyped(tag: 't' | 'i' | 'd', text: string, type: string | undefined): PackedValue {
  return type === undefined ? [tag, packText(text)] : [tag, packText(text), type];
}

function unpackValue(packed: PackedValue): HeaderValue {
  switch (packed[0]) {
    case '0':
      return { kind: 'null' };
    case 'b':
      return withType({ kind: 'bytes', bytes: copy(packed[1]) }, packed[2]);
    case 't':
      return withType({ kind: 'text', text: unpackText(packed[1]) }, packed[2]);
    case 'i':
      return withType({ kind: 'integer', text: unpackText(packed[1]) }, packed[2]);
    case 'd':
      return withType({ kind: 'decimal', text: unpackText(packed[1]) }, packed[2]);
    case 'n':
      return withType({ kind: 'number', value: unpackNumber(packed[1]) }, packed[2]);
    case '?':
      return { kind: 'boolean', value: packed[1] };
    case 's':
    case 'ms':
      return { kind: 'timestamp', text: unpackText(packed[1]), unit: packed[0] };
    case '{':
      return { kind: 'table', entries: packed[1].map(unpackHeader) };
    case '[':
      return { kind: 'list', items: packed[1].map(unpackValue) };
  }
}

function withType<Value extends HeaderValue>(value: Value, type: string | undefined): Value {
  return type === undefined ? value : { ...value, type };
}

/** UTF-8 has no room for an unpaired surrogate: such a text is kept as UTF-16 code units. */
function packText(text: string): PackedText {
  if (text.isWellFormed()) return text;
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index));
  return bytes;
}

function unpackText(packed: PackedText): string {
  if (typeof packed === 'string') return packed;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let text = '';
  for (let index = 0; index < packed.length; index += 2) text += String.fromCharCode(view.getUint16(index));
  return text;
}

/** As eight bytes: MessagePack's writer turns `-0` into `0` and may choose a smaller float. */
function packNumber(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

function unpackNumber(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0);
}

/** msgpackr hands out views of the buffer that it read, as Buffers; callers get plain bytes of their own. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
