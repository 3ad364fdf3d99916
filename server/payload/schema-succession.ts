import protobuf from 'protobufjs';
import { type RegisteredSchema, reasonOf } from '#server/payload/decoder.ts';
import { avroReader } from '#server/payload/decoders/avro.ts';
import { protobufReader } from '#server/payload/decoders/protobuf.ts';

export type Succession =
  | { readonly kind: 'readable' }
  /** Two JSON Schemas cannot be compared by what they allow: only each document tells whether it fits. */
  | { readonly kind: 'by-content' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'not-compared'; readonly why: string };

/**
 * Whether a reader with the newer schema can read what the older one wrote, as far as the schemas tell: by Avro's rules of resolution, and on Protobuf by
 * the wire types of the fields that both have. Never throws.
 */
export function readableBy(writer: RegisteredSchema, reader: RegisteredSchema): Succession {
  if (writer.type === reader.type && writer.text === reader.text) return { kind: 'readable' };
  if (writer.type !== reader.type)
    return { kind: 'unreadable', why: `it is ${nameOf(reader)}, and they are ${nameOf(writer)}.` };
  try {
    switch (writer.type) {
      case 'AVRO':
        return resolve(writer, reader);
      case 'PROTOBUF':
        return compareMessages(writer, reader);
      case 'JSON':
        return { kind: 'by-content' };
    }
  } catch (error) {
    return { kind: 'not-compared', why: `one of the schemas cannot be read (${reasonOf(error)}).` };
  }
}

function resolve(writer: RegisteredSchema, reader: RegisteredSchema): Succession {
  const [written, read] = [avroReader(writer).type, avroReader(reader).type];
  try {
    read.createResolver(written);
    return { kind: 'readable' };
  } catch (error) {
    return { kind: 'unreadable', why: `${reasonOf(error)}.` };
  }
}

/** Messages of one name, field by field: a number that changed its wire type is read as something else or not at all. */
function compareMessages(writer: RegisteredSchema, reader: RegisteredSchema): Succession {
  const newer = messagesOf(reader);
  for (const [name, message] of messagesOf(writer)) {
    const successor = newer.get(name);
    if (!successor) return { kind: 'unreadable', why: `it has no message ${name}.` };
    for (const field of message.fieldsArray) {
      const now = successor.fieldsById[field.id];
      if (!now || wireTypeOf(now) === wireTypeOf(field)) continue;
      return { kind: 'unreadable', why: `field ${field.id} of ${name} was ${field.type} and is ${now.type}.` };
    }
  }
  return { kind: 'readable' };
}

function messagesOf(schema: RegisteredSchema): ReadonlyMap<string, protobuf.Type> {
  const found = new Map<string, protobuf.Type>();
  const visit = (at: protobuf.NamespaceBase) => {
    for (const nested of at.nestedArray) {
      const name = nested.fullName.replace(/^\./, '');
      if (name.startsWith('google.protobuf')) continue;
      if (nested instanceof protobuf.Type) found.set(name, nested);
      if (nested instanceof protobuf.Namespace) visit(nested);
    }
  };
  visit(protobufReader(schema).typeAt([0]).root);
  return found;
}

/** Types of one line are read as each other (protobuf.dev, "Updating A Message Type"). */
const alike: readonly (readonly string[])[] = [
  ['int32', 'uint32', 'int64', 'uint64', 'bool'],
  ['sint32', 'sint64'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
  ['string', 'bytes'],
];

function wireTypeOf(field: protobuf.Field): string {
  if (field instanceof protobuf.MapField) return `map of ${field.keyType}`;
  if (field.resolvedType instanceof protobuf.Enum) return 'int32';
  if (field.resolvedType instanceof protobuf.Type) return 'message';
  return alike.find((types) => types.includes(field.type))?.[0] ?? field.type;
}

function nameOf({ type }: RegisteredSchema): string {
  return { AVRO: 'Avro', PROTOBUF: 'Protobuf', JSON: 'JSON' }[type];
}
