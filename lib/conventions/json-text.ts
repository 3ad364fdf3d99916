import { parsed, readJsonFields, type JsonFields } from '#lib/conventions/json-fields.ts';

/** Larger texts are not parsed: reading a queue must stay cheap. */
const maxParsedBytes = 256 * 1024;

/** The fields of a body that is a JSON object of at most 256 KiB; else `undefined`. */
export function jsonBody(body: Uint8Array | null): JsonFields | undefined {
  // 0x7b is "{": anything else is no object.
  if (body === null || body.length > maxParsedBytes || firstByte(body) !== 0x7b) return undefined;
  return readJsonFields(body);
}

/** The fields of the object, or of the objects of the list, that a header holds as text; empty when it is neither. */
export function jsonObjects(text: string | undefined): readonly JsonFields[] {
  if (text === undefined || text.length > maxParsedBytes) return [];
  const value = parsed(text);
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => fieldsOf(item) ?? []);
}

/** A field that is an object. */
export function objectField(fields: JsonFields | undefined, name: string): JsonFields | undefined {
  return fieldsOf(fields?.value(name));
}

/** A field that is an object, or the text of one: as wrappers carry a message. */
export function embeddedObject(fields: JsonFields | undefined, name: string): JsonFields | undefined {
  const text = fields?.text(name);
  if (text === undefined) return undefined;
  const inner = text.startsWith('"') ? parsed(text) : text;
  return typeof inner === 'string' ? readJsonFields(inner) : undefined;
}

/** A field that is a text, not empty. */
export function textField(fields: JsonFields | undefined, name: string): string | undefined {
  const value = fields?.value(name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field that is a whole number, as such or as text. Numbers beyond 2^53 have lost digits by parsing and are left out. */
export function wholeField(fields: JsonFields | undefined, name: string): number | undefined {
  const value = fields?.value(name);
  if (typeof value === 'string' && /^-?\d{1,16}$/.test(value)) return safe(Number(value));
  return typeof value === 'number' ? safe(value) : undefined;
}

function fieldsOf(value: unknown): JsonFields | undefined {
  if (!isObject(value)) return undefined;
  return {
    has: (name) => Object.hasOwn(value, name),
    text: (name) => (Object.hasOwn(value, name) ? JSON.stringify(value[name]) : undefined),
    value: (name) => (Object.hasOwn(value, name) ? value[name] : undefined),
  };
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstByte(body: Uint8Array): number | undefined {
  for (const byte of body.subarray(0, 64)) if (byte > 0x20) return byte;
  return undefined;
}
