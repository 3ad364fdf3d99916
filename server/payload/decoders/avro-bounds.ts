import avro from 'avsc';

/** More values than this do not fit a page, and a list of nulls takes no bytes at all. */
const valuesMax = 500_000;
const levelsMax = 500;

/**
 * Walks the bytes as the type says and throws where they end too early, hold a count that cannot be, or go too deep. avsc looks for the
 * end only when it is done: a list that claims 2^40 items would fill the memory before that.
 */
export function checkAvroBounds(type: avro.Type, bytes: Uint8Array): void {
  let at = 0;
  let values = 0;
  const skip = (count: number) => {
    if (count < 0 || count > bytes.length - at) throw new Error('truncated buffer');
    at += count;
  };
  const long = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new Error('truncated buffer');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return (value >> 1n) ^ -(value & 1n);
    }
    throw new Error('a number of more than 64 bits');
  };
  const blocks = (item: () => void) => {
    for (;;) {
      const count = Number(long());
      if (count === 0) return;
      // A negative count is followed by the block's size in bytes.
      if (count < 0) long();
      for (let index = 0; index < Math.abs(count); index += 1) item();
    }
  };
  const walk = (each: avro.Type, level: number): void => {
    values += 1;
    if (values > valuesMax) throw new Error(`more than ${valuesMax} values`);
    if (level > levelsMax) throw new Error(`more than ${levelsMax} levels`);
    if (each instanceof avro.types.LogicalType) return walk(each.underlyingType, level);
    if (each instanceof avro.types.RecordType) {
      for (const field of each.fields) walk(field.type, level + 1);
      return;
    }
    if (each instanceof avro.types.ArrayType) return blocks(() => walk(each.itemsType, level + 1));
    if (each instanceof avro.types.MapType)
      return blocks(() => {
        skip(Number(long()));
        walk(each.valuesType, level + 1);
      });
    if (each instanceof avro.types.UnwrappedUnionType || each instanceof avro.types.WrappedUnionType) {
      const branch: avro.Type | undefined = each.types[Number(long())];
      if (!branch) throw new Error('a union has no such branch');
      return walk(branch, level + 1);
    }
    if (each instanceof avro.types.FixedType) return skip(each.size);
    switch (each.typeName) {
      case 'null':
        return;
      case 'boolean':
        return skip(1);
      case 'float':
        return skip(4);
      case 'double':
        return skip(8);
      case 'bytes':
      case 'string':
        return skip(Number(long()));
      default:
        // int, long and enum; the long that this house puts in is told apart by nothing but its name.
        long();
    }
  };
  walk(type, 0);
}
