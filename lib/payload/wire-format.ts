/**
 * The Confluent wire format: `0x00` and an int32 id, or `0x01` and a 16-byte GUID, before the payload; newer serializers put the same
 * bytes into a header instead, `__key_schema_id` or `__value_schema_id`, where Protobuf's message indexes follow the GUID.
 * Source: io.confluent.kafka.serializers.schema.id.SchemaId.
 */
export type SchemaReference =
  | { readonly kind: 'id'; readonly id: number }
  | { readonly kind: 'guid'; readonly guid: string };

export interface Framed {
  readonly reference: SchemaReference;
  /** What follows the id or GUID. In a payload: Protobuf's indexes and the data. In a header: the indexes, or nothing. */
  readonly rest: Uint8Array;
}

/** `undefined` where the bytes do not begin like the format. */
export function readFrame(bytes: Uint8Array): Framed | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes[0] === 0 && bytes.length >= 5) {
    const id = view.getInt32(1);
    return id > 0 ? { reference: { kind: 'id', id }, rest: bytes.subarray(5) } : undefined;
  }
  if (bytes[0] === 1 && bytes.length >= 17) {
    const hex = Array.from(bytes.subarray(1, 17), (byte) => byte.toString(16).padStart(2, '0')).join('');
    const guid = [8, 12, 16, 20, 32].map((end, part) => hex.slice([0, 8, 12, 16, 20][part], end)).join('-');
    return { reference: { kind: 'guid', guid }, rest: bytes.subarray(17) };
  }
  return undefined;
}

const indexesMax = 64;

/** Protobuf's path to the message type: a zig-zag count and that many zig-zag indexes; a single 0 stands for [0]. `undefined` where it is broken. */
export function readMessageIndexes(
  bytes: Uint8Array,
): { readonly indexes: readonly number[]; readonly rest: Uint8Array } | undefined {
  let at = 0;
  const next = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at];
      if (byte === undefined) return undefined;
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    return undefined;
  };
  const count = next();
  if (count === undefined || count < 0 || count > indexesMax) return undefined;
  if (count === 0) return { indexes: [0], rest: bytes.subarray(at) };
  const indexes: number[] = [];
  while (indexes.length < count) {
    const index = next();
    if (index === undefined || index < 0) return undefined;
    indexes.push(index);
  }
  return { indexes, rest: bytes.subarray(at) };
}

export function referenceText(reference: SchemaReference): string {
  return reference.kind === 'id' ? String(reference.id) : reference.guid;
}
