import protobuf from 'protobufjs';
import { readMessageIndexes } from '#lib/payload/wire-format.ts';
import type { RegisteredSchema } from '#server/payload/decoder.ts';

export interface ProtobufReader {
  /**
   * The data without its prefix, and the path to its type, as Protobuf's own JSON: 64-bit integers are text, bytes base64, fields that
   * were not sent are absent. Throws where the bytes are not the message's.
   */
  read(indexes: readonly number[], bytes: Uint8Array): { readonly name: string; readonly value: unknown };
  /** The type of the messages at that path. Throws where there is none. */
  typeAt(indexes: readonly number[]): protobuf.Type;
}

/** Throws where the schema is broken. */
export function protobufReader(schema: RegisteredSchema): ProtobufReader {
  const root = new protobuf.Root();
  const options = { keepCase: true };
  // The indexes count the messages of this file, so its own have to come first in a package that others share.
  const main = protobuf.parse(schema.text, root, options);
  const imports = new Set(main.imports);
  for (const reference of schema.references) {
    const file = protobuf.parse(reference.text, root, options);
    for (const name of file.imports ?? []) imports.add(name);
  }
  for (const name of imports) addWellKnown(root, name);
  root.resolveAll();
  const file = main.package === undefined ? root : root.lookup(main.package);
  if (!(file instanceof protobuf.Namespace)) throw new Error('The schema declares no message.');
  return {
    typeAt: (indexes) => typeAt(file, indexes),
    read(indexes, bytes) {
      const type = typeAt(file, indexes);
      const value: unknown = type.toObject(type.decode(bytes), {
        longs: String,
        enums: String,
        bytes: String,
        json: true,
      });
      return { name: type.fullName.replace(/^\./, ''), value };
    },
  };
}

function typeAt(file: protobuf.Namespace, indexes: readonly number[]): protobuf.Type {
  let at: protobuf.Namespace = file;
  for (const index of indexes) {
    const found: protobuf.Type | undefined = at.nestedArray.filter((nested) => nested instanceof protobuf.Type)[index];
    if (!found) throw new Error(`The schema has no message at [${indexes.join(', ')}].`);
    at = found;
  }
  if (at instanceof protobuf.Type) return at;
  throw new Error('The message names no type.');
}

/** Google's own types, which no registry holds. */
function addWellKnown(root: protobuf.Root, name: string): void {
  const known: protobuf.INamespace | null = protobuf.common.get(name);
  const declared = known?.nested?.['google'];
  if (declared && !root.lookup(`google.protobuf.${Object.keys(protobufOf(declared))[0] ?? ''}`))
    root.addJSON({ google: declared });
}

function protobufOf(google: protobuf.AnyNestedObject): Record<string, unknown> {
  const inner = 'nested' in google ? google.nested?.['protobuf'] : undefined;
  return inner !== undefined && 'nested' in inner ? (inner.nested ?? {}) : {};
}

/** The path and what follows it: the header's bytes where the id stands there, else the payload's. */
export function splitIndexes(
  inHeader: Uint8Array | null,
  payload: Uint8Array,
): { readonly indexes: readonly number[]; readonly data: Uint8Array } {
  const found = readMessageIndexes(inHeader !== null && inHeader.length > 0 ? inHeader : payload);
  if (!found) throw new Error('The list of message indexes is broken.');
  return { indexes: found.indexes, data: inHeader !== null && inHeader.length > 0 ? payload : found.rest };
}
