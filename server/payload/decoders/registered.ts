import type { PayloadSchema } from '#lib/api/messages.ts';
import type { Header } from '#lib/domain/message.ts';
import { readFrame, referenceText, type Framed } from '#lib/payload/wire-format.ts';
import {
  beyondReach,
  declined,
  decodedBytesMax,
  reasonOf,
  type Attempt,
  type Decoder,
  type RegisteredSchema,
  type Stage,
} from '#server/payload/decoder.ts';
import { avroReader, type AvroReader } from '#server/payload/decoders/avro.ts';
import { protobufReader, splitIndexes, type ProtobufReader } from '#server/payload/decoders/protobuf.ts';
import { showValue } from '#server/payload/print-json.ts';

/** Avro, Protobuf and JSON Schema in the Confluent wire format, by the schema that the registry has. */
export const schemaRegistry: Decoder = {
  name: 'schema registry',
  decode(stage) {
    const inHeader = frameInHeader(stage.headers, stage.part);
    const frame = inHeader ?? readFrame(stage.bytes);
    if (!frame) return declined('no schema id in a header, and no 0x00 and id or 0x01 and GUID at the beginning');
    const answer = stage.lookup(frame.reference);
    if (answer === undefined) return { outcome: 'needs', reference: frame.reference };
    const payload = inHeader ? stage.bytes : frame.rest;
    const named = `schema ${referenceText(frame.reference)}`;
    if (answer.kind === 'missing') {
      // A JSON Schema payload can be read without its schema.
      const isJson = !inHeader && (payload[0] === 0x7b || payload[0] === 0x5b);
      return isJson
        ? { outcome: 'applied', label: named, note: `${answer.note} What follows the id is shown.`, next: payload }
        : beyondReach('schema', `looks like ${named}. ${answer.note}`);
    }
    if (payload.length > decodedBytesMax)
      return beyondReach('limit', `${payload.length} bytes are too many to take apart here`);
    try {
      return bySchema(answer.schema, frame, payload, inHeader !== undefined);
    } catch (error) {
      return beyondReach(
        'unreadable',
        `not readable with ${named} (${describeSchema(answer.schema)}): ${reasonOf(error)}`,
      );
    }
  },
};

function bySchema(schema: RegisteredSchema, frame: Framed, payload: Uint8Array, idIsInHeader: boolean): Attempt {
  const shown = (name: string | null): PayloadSchema => ({
    id: referenceText(frame.reference),
    subject: schema.subject,
    version: schema.version,
    name,
    type: schema.type,
  });
  const note = `schema ${referenceText(frame.reference)}: ${describeSchema(schema)}`;
  switch (schema.type) {
    case 'AVRO': {
      const reader = avroReaderOf(schema);
      const view = showValue(reader.read(payload));
      return { outcome: 'applied', label: 'Avro', note, shown: view, schema: shown(reader.name) };
    }
    case 'PROTOBUF': {
      const reader = protobufReaderOf(schema);
      const { indexes, data } = splitIndexes(idIsInHeader ? frame.rest : null, payload);
      const { name, value } = reader.read(indexes, data);
      const said = `${note}; 64-bit integers are text, fields that were not sent are absent`;
      return { outcome: 'applied', label: 'Protobuf', note: said, shown: showValue(value), schema: shown(name) };
    }
    case 'JSON':
      return {
        outcome: 'applied',
        label: 'JSON Schema',
        note: `${note}; not validated`,
        next: payload,
        schema: shown(null),
      };
  }
}

/** Old clients write the id as text, new ones the bytes that would stand before the payload. Of repeated headers the last counts. */
export function frameInHeader(headers: readonly Header[], part: Stage['part']): Framed | undefined {
  const name = part === 'key' ? '__key_schema_id' : '__value_schema_id';
  const value = headers.findLast((header) => header.name === name)?.value;
  if (value?.kind === 'bytes')
    return readFrame(value.bytes) ?? frameFromText(Buffer.from(value.bytes).toString('latin1'));
  return value?.kind === 'text' || value?.kind === 'integer' ? frameFromText(value.text) : undefined;
}

function frameFromText(text: string): Framed | undefined {
  const rest = new Uint8Array();
  if (/^[1-9]\d{0,9}$/.test(text)) return { reference: { kind: 'id', id: Number(text) }, rest };
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text))
    return { reference: { kind: 'guid', guid: text.toLowerCase() }, rest };
  return undefined;
}

export function describeSchema({ type, subject, version }: RegisteredSchema): string {
  const kinds = { AVRO: 'Avro', JSON: 'JSON Schema', PROTOBUF: 'Protobuf' } as const;
  const where = version === null ? subject : `${subject} version ${version}`;
  return where === null ? kinds[type] : `${kinds[type]}, ${where}`.slice(0, 200);
}

/** Compiling costs milliseconds; the schemas of a page are few. By their text, because they arrive as copies. */
const compiledMax = 50;
const avroReaders = new Map<string, AvroReader>();
const protobufReaders = new Map<string, ProtobufReader>();

export function avroReaderOf(schema: RegisteredSchema): AvroReader {
  return compiled(schema, avroReaders, avroReader);
}

export function protobufReaderOf(schema: RegisteredSchema): ProtobufReader {
  return compiled(schema, protobufReaders, protobufReader);
}

/** What is made of a schema, kept under its text. */
export function compiled<Reader>(
  schema: RegisteredSchema,
  known: Map<string, Reader>,
  compile: (schema: RegisteredSchema) => Reader,
): Reader {
  const key = JSON.stringify([schema.text, schema.references]);
  const reader = known.get(key) ?? compile(schema);
  known.delete(key);
  known.set(key, reader);
  const [oldest] = known.keys();
  if (known.size > compiledMax && oldest !== undefined) known.delete(oldest);
  return reader;
}
