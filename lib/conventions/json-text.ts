import { utf8 } from '#lib/conventions/header-index.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Larger texts are not parsed: reading a queue must stay cheap. */
const maxParsedBytes = 256 * 1024;

/** A body that is a JSON object of at most 256 KiB; else `undefined`. */
export function jsonBody(body: Uint8Array | null): JsonObject | undefined {
  // 0x7b is "{": anything else is no object.
  if (body === null || body.length > maxParsedBytes || firstByte(body) !== 0x7b) return undefined;
  const text = utf8(body);
  return text === undefined ? undefined : jsonObject(text);
}

export function jsonObject(text: string): JsonObject | undefined {
  return asObject(parsed(text));
}

/** The object, or the objects of the list, that a header holds as text; empty when it is neither. */
export function jsonObjects(text: string | undefined): readonly JsonObject[] {
  if (text === undefined) return [];
  const value = parsed(text);
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.filter(isObject);
}

export function asObject(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

/** A field that is a text, not empty. */
export function textField(object: JsonObject | undefined, name: string): string | undefined {
  const value = field(object, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A field that is a whole number, as such or as text. Numbers beyond 2^53 have lost digits by parsing and are left out. */
export function wholeField(object: JsonObject | undefined, name: string): number | undefined {
  const value = field(object, name);
  if (typeof value === 'string' && /^-?\d{1,16}$/.test(value)) return safe(Number(value));
  return typeof value === 'number' ? safe(value) : undefined;
}

/** Own fields only: `constructor` is none. */
export function field(object: JsonObject | undefined, name: string): unknown {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function parsed(text: string): unknown {
  if (text.length > maxParsedBytes) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstByte(body: Uint8Array): number | undefined {
  for (const byte of body.subarray(0, 64)) if (byte > 0x20) return byte;
  return undefined;
}
