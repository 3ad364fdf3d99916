import { utf8 } from '#lib/conventions/header-index.ts';
import { JsonSyntaxError, parseJson, type JsonNode } from '#lib/edit/json-tree.ts';
import { looksBinary } from '#lib/payload/show-payload.ts';
import { readFrame, referenceText, type SchemaReference } from '#lib/payload/wire-format.ts';
import { decodedBytesMax, reasonOf, type Decoder, type RegisteredSchema, type Stage } from '#server/payload/decoder.ts';
import { compressedByLooks, contentEncoding } from '#server/payload/decoders/compression.ts';
import { messagePackByLooks, messagePackByType } from '#server/payload/decoders/message-pack.ts';
import { splitIndexes } from '#server/payload/decoders/protobuf.ts';
import { avroReaderOf, describeSchema, frameInHeader, protobufReaderOf } from '#server/payload/decoders/registered.ts';
import { base64 } from '#server/payload/decoders/texts.ts';
import { avroValue, Misfit } from '#server/payload/editing/avro-value.ts';
import { compressAgain } from '#server/payload/editing/compress.ts';
import { jsonSchemaMisfit } from '#server/payload/editing/json-schema.ts';
import { protobufValue } from '#server/payload/editing/protobuf-value.ts';
import { showValue } from '#server/payload/print-json.ts';

/** A body that can be edited: its text, and the way back to bytes as they were. */
export interface OpenBody {
  readonly kind: 'open';
  /** `null` where it is none. */
  readonly text: string | null;
  readonly format: 'json' | 'text' | 'binary' | 'null';
  /** How it is wrapped: `gzip, then Avro`. */
  readonly label: string;
  /** The bytes of another text: encoded by the same schema, compressed and in base64 as before. Throws `Misfit` where it cannot be. */
  close(text: string): Uint8Array;
}

export type Opened =
  | OpenBody
  | { readonly kind: 'needs'; readonly reference: SchemaReference }
  /** `why` is a sentence's end. `unasked`: it may well be possible later. `unknown`: nobody knows its schema. */
  | { readonly kind: 'closed'; readonly why: string; readonly because: 'unasked' | 'unknown' | 'format' };

interface Wrapping {
  readonly label: string;
  wrap(inner: Uint8Array): Uint8Array;
}

const encoder = new TextEncoder();

/** Takes a body apart as far as it can be put together again; it never throws. What nobody could write back is closed. */
export function openBody(source: Omit<Stage, 'bytes'> & { readonly bytes: Uint8Array | null }): Opened {
  const { bytes } = source;
  if (bytes === null) return plain('null', null, 'null (tombstone)', []);
  try {
    return openLayers({ ...source, bytes }, [], [contentEncoding, compressedByLooks]);
  } catch (error) {
    return closed(`it cannot be taken apart: ${reasonOf(error)}`);
  }
}

function openLayers(start: Stage, outer: readonly Wrapping[], compressions: readonly Decoder[]): Opened {
  const wrappings = [...outer];
  let stage = start;
  for (const decoder of compressions) {
    const attempt = decoder.decode(stage);
    if (attempt.outcome === 'failed') return closed(`it is ${attempt.note}`);
    if (attempt.outcome !== 'applied' || !('next' in attempt)) continue;
    const { bytes: before } = stage;
    const [codec, further] = attempt.codecs ?? [];
    if (codec === undefined || further !== undefined) return closed('it is compressed more than once');
    wrappings.push({
      label: codec,
      wrap: (inner) => compressAgain(codec, inner, before) ?? misfit(`${codec} is not written here`),
    });
    stage = { ...stage, bytes: attempt.next };
  }
  if (stage.bytes.length > decodedBytesMax) return closed(`${stage.bytes.length} bytes are too many to edit`);
  return openFramed(stage, wrappings) ?? openFormat(stage, wrappings);
}

function openFramed(stage: Stage, wrappings: readonly Wrapping[]): Opened | null {
  const inHeader = frameInHeader(stage.headers, stage.part);
  const frame = inHeader ?? readFrame(stage.bytes);
  if (!frame) return null;
  const answer = stage.lookup(frame.reference);
  if (answer === undefined) return { kind: 'needs', reference: frame.reference };
  if (answer.kind === 'missing') {
    const why = `it is of schema ${referenceText(frame.reference)}, by which it would have to be written again. ${answer.note}`;
    return { kind: 'closed', why, because: answer.unasked === true ? 'unasked' : 'unknown' };
  }
  const { schema } = answer;
  const payload = inHeader ? stage.bytes : frame.rest;
  const named = `schema ${referenceText(frame.reference)} (${describeSchema(schema)})`;
  try {
    return bySchema(schema, { stage, payload, indexes: inHeader ? frame.rest : null, wrappings });
  } catch (error) {
    return closed(`it cannot be read by ${named}: ${reasonOf(error)}`);
  }
}

interface Framed {
  readonly stage: Stage;
  readonly payload: Uint8Array;
  readonly indexes: Uint8Array | null;
  readonly wrappings: readonly Wrapping[];
}

function bySchema(schema: RegisteredSchema, { stage, payload, indexes, wrappings }: Framed): Opened {
  const { bytes } = stage;
  const prefix = (data: Uint8Array): Wrapping => {
    const start = bytes.slice(0, bytes.length - data.length);
    return { label: '', wrap: (inner) => joined(start, inner) };
  };
  switch (schema.type) {
    case 'AVRO': {
      const { type, read, name } = avroReaderOf(schema);
      const shown = showValue(read(payload));
      const write = (node: JsonNode) => type.toBuffer(avroValue(type, node));
      return decoded(shown, `Avro (${name})`, write, [...wrappings, prefix(payload)], bytes);
    }
    case 'PROTOBUF': {
      const reader = protobufReaderOf(schema);
      const split = splitIndexes(indexes, payload);
      const type = reader.typeAt(split.indexes);
      const { name, value } = reader.read(split.indexes, split.data);
      const write = (node: JsonNode) => type.encode(type.fromObject(protobufValue(type, node))).finish();
      return decoded(showValue(value), `Protobuf (${name})`, write, [...wrappings, prefix(split.data)], bytes);
    }
    case 'JSON': {
      const text = utf8(payload);
      if (text === undefined || !isJson(text)) return closed('it has a JSON Schema, and is no JSON');
      const check: Wrapping = {
        label: 'JSON Schema',
        wrap(inner) {
          const document: unknown = JSON.parse(new TextDecoder().decode(inner));
          const wrong = jsonSchemaMisfit(schema, document);
          return wrong === null ? inner : misfit(`by its JSON Schema ${wrong}`);
        },
      };
      return plain('json', text, 'JSON', [...wrappings, prefix(payload), check]);
    }
  }
}

/** What is written back without an edit has to be what was there: else an edit would change more than it says. */
function decoded(
  { pretty, cut }: ReturnType<typeof showValue>,
  label: string,
  write: (node: JsonNode) => Uint8Array,
  wrappings: readonly Wrapping[],
  bytes: Uint8Array,
): Opened {
  if (pretty === null || cut) return closed('it is too large to edit');
  const inner = wrappings.at(-1);
  const encode = (text: string) => write(jsonOf(text));
  const again = inner?.wrap(encode(pretty));
  if (!again || !Buffer.from(again).equals(bytes))
    return closed(
      'writing it again by its schema would change more than the edit: its bytes are not those that would be written here',
    );
  const wrap = (text: string) => wrapped(encode(text), wrappings);
  return { kind: 'open', text: pretty, format: 'json', label: labelOf(wrappings, label), close: wrap };
}

function openFormat(stage: Stage, wrappings: readonly Wrapping[]): Opened {
  const { bytes } = stage;
  if (messagePackByType.decode(stage).outcome === 'applied') return closed(noMessagePack);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const body = hasMark ? bytes.subarray(3) : bytes;
  const marked = hasMark
    ? [...wrappings, { label: '', wrap: (inner: Uint8Array) => joined(bytes.slice(0, 3), inner) }]
    : wrappings;
  const text = utf8(body);
  if (text !== undefined && isJson(text)) return plain('json', text, 'JSON', marked);

  const inBase64 = base64.decode(stage);
  if (inBase64.outcome === 'needs') return { kind: 'needs', reference: inBase64.reference };
  if (inBase64.outcome === 'failed') return { kind: 'closed', why: `it ${inBase64.note}`, because: 'unasked' };
  if (inBase64.outcome === 'applied' && 'next' in inBase64 && wrappings.every(({ label }) => label !== 'base64')) {
    const encode = base64Writer(text ?? '', inBase64.next);
    if (!encode) return closed('its base64 is written in a way that is not written here');
    return openLayers({ ...stage, bytes: inBase64.next }, [...wrappings, encode], [compressedByLooks]);
  }
  if (bytes.length === 0) return plain('text', '', 'empty', wrappings);
  if (text !== undefined && !looksBinary(text)) return plain('text', text, 'text (UTF-8)', marked);
  if (messagePackByLooks.decode(stage).outcome === 'applied') return closed(noMessagePack);
  return plain('binary', null, 'binary', wrappings);
}

const noMessagePack = 'it is MessagePack, which is not written back here';

function plain(
  format: OpenBody['format'],
  text: string | null,
  label: string,
  wrappings: readonly Wrapping[],
): OpenBody {
  return {
    kind: 'open',
    text,
    format,
    label: labelOf(wrappings, label),
    close(edited) {
      // Where JSON was, somebody reads JSON.
      if (format === 'json') jsonOf(edited);
      return wrapped(encoder.encode(edited), wrappings);
    },
  };
}

function jsonOf(text: string): JsonNode {
  try {
    return parseJson(text).root;
  } catch (error) {
    if (error instanceof JsonSyntaxError) misfit(`it would be no JSON: ${error.message}, at character ${error.at + 1}`);
    throw error;
  }
}

function wrapped(inner: Uint8Array, wrappings: readonly Wrapping[]): Uint8Array {
  return wrappings.reduceRight((bytes, { wrap }) => wrap(bytes), inner);
}

function labelOf(wrappings: readonly Wrapping[], inner: string): string {
  return [...wrappings.map(({ label }) => label).filter((label) => label !== ''), inner].join(', then ');
}

function base64Writer(text: string, bytes: Uint8Array): Wrapping | null {
  for (const encoding of ['base64', 'base64url'] as const) {
    const write = (inner: Uint8Array) => Buffer.from(inner).toString(encoding);
    if (write(bytes) === text) return { label: 'base64', wrap: (inner) => encoder.encode(write(inner)) };
  }
  return null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function joined(start: Uint8Array, end: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(start.length + end.length);
  bytes.set(start);
  bytes.set(end, start.length);
  return bytes;
}

function closed(why: string): Opened {
  return { kind: 'closed', why, because: 'format' };
}

function misfit(what: string): never {
  throw new Misfit(what);
}
