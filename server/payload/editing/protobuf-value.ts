import protobuf from 'protobufjs';
import { textOfString, type JsonNode } from '#lib/edit/json-tree.ts';
import { bytesOf, Misfit } from '#server/payload/editing/avro-value.ts';

const wholeBits: Readonly<Record<string, number>> = {
  int32: 32,
  sint32: 32,
  sfixed32: 32,
  uint32: -32,
  fixed32: -32,
  int64: 64,
  sint64: 64,
  sfixed64: 64,
  uint64: -64,
  fixed64: -64,
};

/** A message of the type from JSON as the payload view shows it: 64-bit integers as text, bytes in base64. Throws `Misfit`. */
export function protobufValue(type: protobuf.Type, node: JsonNode, path = ''): Record<string, unknown> {
  if (node.kind !== 'object') throw new Misfit(`${path === '' ? 'the document' : path} must be an object`);
  const entries = node.members.map(({ name, value }) => {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    const at = `${path}/${name}`;
    if (!field) throw new Misfit(`${at} is no field of the schema`);
    return [name, fieldValue(field, value, at)] as const;
  });
  const names = new Set(entries.map(([name]) => name));
  if (names.size < entries.length) throw new Misfit(`${path === '' ? 'the document' : path} has a name twice`);
  const missing = type.fieldsArray.find((field) => field.required && !names.has(field.name));
  if (missing) throw new Misfit(`${path}/${missing.name} is missing`);
  for (const one of type.oneofsArray)
    if (one.oneof.filter((name) => names.has(name)).length > 1)
      throw new Misfit(`${path === '' ? 'the document' : path} has more than one of ${one.name}`);
  return Object.fromEntries(entries);
}

function fieldValue(field: protobuf.Field, node: JsonNode, path: string): unknown {
  const resolved = field.resolve();
  if (resolved instanceof protobuf.MapField) {
    if (node.kind !== 'object') throw new Misfit(`${path} must be an object`);
    return Object.fromEntries(
      node.members.map(({ name, value }) => [name, oneValue(resolved, value, `${path}/${name}`)] as const),
    );
  }
  if (!resolved.repeated) return oneValue(resolved, node, path);
  if (node.kind !== 'array') throw new Misfit(`${path} must be a list`);
  return node.items.map(({ value }, index) => oneValue(resolved, value, `${path}/${index}`));
}

function oneValue({ type, resolvedType }: protobuf.Field, node: JsonNode, path: string): unknown {
  const misfit = (what: string): never => {
    throw new Misfit(`${path} ${what}`);
  };
  if (resolvedType instanceof protobuf.Type) return protobufValue(resolvedType, node, path);
  const text = node.kind === 'string' ? textOfString(node.text) : null;
  if (resolvedType instanceof protobuf.Enum) {
    if (text !== null && Object.hasOwn(resolvedType.values, text)) return resolvedType.values[text];
    // One that the schema does not name is shown by its number.
    if (node.kind === 'number' && /^-?\d{1,9}$/.test(node.text)) return Number(node.text);
    return misfit('is none of the words that the schema lists');
  }
  const bits = wholeBits[type];
  if (bits !== undefined) {
    const digits = node.kind === 'number' ? node.text : (text ?? '');
    if (!/^-?\d{1,20}$/.test(digits)) return misfit('must be a whole number');
    const value = BigInt(digits);
    const kept = bits > 0 ? BigInt.asIntN(bits, value) : BigInt.asUintN(-bits, value);
    if (kept !== value) return misfit(`is more than ${Math.abs(bits)} bits hold`);
    return Math.abs(bits) === 32 ? Number(value) : digits;
  }
  switch (type) {
    case 'bool':
      return node.kind === 'true' || node.kind === 'false' ? node.kind === 'true' : misfit('must be true or false');
    case 'string':
      return text ?? misfit('must be text');
    case 'bytes':
      return (text === null ? null : bytesOf(text)) ?? misfit('must be bytes in base64');
    case 'float':
    case 'double':
      if (node.kind === 'number') return Number(node.text);
      return text !== null && ['NaN', 'Infinity', '-Infinity'].includes(text)
        ? Number(text)
        : misfit('must be a number');
    default:
      return misfit(`is of a type that is not written here (${type})`);
  }
}
