import avro from 'avsc';
import { textOfString, type JsonNode } from '#lib/edit/json-tree.ts';

/** What of a document does not fit its schema: where, and what is wrong there. Nothing of its values is in it. */
export class Misfit extends Error {}

/**
 * The value that a schema's type writes, from JSON as the payload view shows it: longs with every digit, bytes in base64, decimals as text, NaN and the
 * infinities as words. Throws `Misfit`.
 */
export function avroValue(type: avro.Type, node: JsonNode, path = ''): unknown {
  const misfit = (what: string): never => {
    throw new Misfit(`${path === '' ? 'the document' : path} ${what}`);
  };
  const text = () => (node.kind === 'string' ? textOfString(node.text) : misfit('must be text'));
  const whole = (bits: number): bigint => {
    if (node.kind !== 'number' || !/^-?\d+$/.test(node.text)) return misfit('must be a whole number');
    const value = BigInt(node.text);
    return BigInt.asIntN(bits, value) === value ? value : misfit(`is more than ${bits} bits hold`);
  };
  if (type instanceof avro.types.RecordType) return recordValue(type, node, path);
  if (type instanceof avro.types.MapType) {
    if (node.kind !== 'object') return misfit('must be an object');
    const values = type.valuesType;
    return fromEntries(node.members.map(({ name, value }) => [name, avroValue(values, value, `${path}/${name}`)]));
  }
  if (type instanceof avro.types.ArrayType) {
    if (node.kind !== 'array') return misfit('must be a list');
    const items = type.itemsType;
    return node.items.map(({ value }, index) => avroValue(items, value, `${path}/${index}`));
  }
  if (type instanceof avro.types.WrappedUnionType) return wrappedValue(type.types, node, path);
  if (type instanceof avro.types.UnwrappedUnionType) return unionValue(type.types, node, path);
  if (type instanceof avro.types.EnumType) {
    const symbol = text();
    return type.symbols.includes(symbol) ? symbol : misfit('is none of the words that the schema lists');
  }
  if (type instanceof avro.types.FixedType) {
    const bytes = bytesOf(text());
    if (bytes === null) return misfit('must be bytes in base64');
    return bytes.length === type.size ? bytes : misfit(`must be ${type.size} bytes`);
  }
  if (type instanceof avro.types.LogicalType)
    return type.isValid(text()) ? text() : misfit('does not fit its logical type');
  switch (type.typeName.replace('abstract:', '')) {
    case 'null':
      return node.kind === 'null' ? null : misfit('must be null');
    case 'boolean':
      if (node.kind !== 'true' && node.kind !== 'false') return misfit('must be true or false');
      return node.kind === 'true';
    case 'int':
      return Number(whole(32));
    case 'long':
      return whole(64);
    case 'float':
    case 'double': {
      if (node.kind === 'number') return Number(node.text);
      const word = node.kind === 'string' ? textOfString(node.text) : '';
      return ['NaN', 'Infinity', '-Infinity'].includes(word) ? Number(word) : misfit('must be a number');
    }
    case 'string':
      return text();
    case 'bytes':
      return bytesOf(text()) ?? misfit('must be bytes in base64');
    default:
      return misfit(`is of a type that is not written here (${type.typeName})`);
  }
}

function recordValue(type: avro.types.RecordType, node: JsonNode, path: string): unknown {
  const where = path === '' ? 'the document' : path;
  if (node.kind !== 'object') throw new Misfit(`${where} must be an object`);
  const given = new Map(node.members.map(({ name, value }) => [name, value]));
  if (given.size < node.members.length) throw new Misfit(`${where} has a name twice`);
  const known = new Set(type.fields.map(({ name }) => name));
  for (const name of given.keys()) if (!known.has(name)) throw new Misfit(`${path}/${name} is no field of the schema`);
  return fromEntries(
    type.fields.map((field) => {
      const value = given.get(field.name);
      if (value === undefined) throw new Misfit(`${path}/${field.name} is missing`);
      return [field.name, avroValue(field.type, value, `${path}/${field.name}`)];
    }),
  );
}

/** `{ "branch": value }`, as the payload view shows a union whose branches look alike. */
function wrappedValue(types: readonly avro.Type[], node: JsonNode, path: string): unknown {
  if (node.kind === 'null') return null;
  const [member, further] = node.kind === 'object' ? node.members : [];
  const type = member && types.find((each) => each.branchName === member.name);
  if (!member || !type || further)
    throw new Misfit(`${path === '' ? 'the document' : path} must be an object with the name of one of its types`);
  return fromEntries([[member.name, avroValue(type, member.value, `${path}/${member.name}`)]]);
}

function unionValue(types: readonly avro.Type[], node: JsonNode, path: string): unknown {
  const misfits: Misfit[] = [];
  for (const type of types) {
    if (type.typeName === 'null' && node.kind !== 'null') continue;
    try {
      return avroValue(type, node, path);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      misfits.push(error);
    }
  }
  throw misfits.length === 1 && misfits[0] ? misfits[0] : new Misfit(`${path} fits none of the types of its union`);
}

/** A name may be `__proto__`, which an assignment would not make a member. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries);
}

export function bytesOf(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
