import type { Header, HeaderValue, RawMessage } from '#lib/domain/message.ts';
import type { ValueTest } from '#lib/filter/filter.ts';
import { prepareTest } from '#lib/filter/value-test.ts';
import { utf8 } from '#lib/conventions/header-index.ts';
import { isBinaryInteger, showBytes } from '#lib/payload/show-header.ts';

/** The name of each header and property as filters know it, with its text; `null` for what is there and has none. */
export type EachHeader = (name: string, text: string | null) => void;

/** Deeper tables are not looked into: they come from strangers. */
const depthMax = 8;

export function headersHave(
  content: Pick<RawMessage, 'headers' | 'properties'>,
  name: string,
  test: ValueTest,
): boolean {
  const wanted = lowerName(name);
  const matches = prepareTest(test);
  let found = false;
  walkHeaders(content, (each, text) => {
    found ||= lowerName(each) === wanted && matches(text);
  });
  return found;
}

export function walkHeaders(
  { headers, properties }: Pick<RawMessage, 'headers' | 'properties'>,
  each: EachHeader,
): void {
  for (const header of headers) walkValue(header.name, header.value, each, 0);
  for (const header of properties) walkValue(header.name, header.value, each, 0);
}

function walkValue(name: string, value: HeaderValue, each: EachHeader, depth: number): void {
  if (value.kind === 'table') walkTable(name, value.entries, each, depth);
  else if (value.kind === 'list') walkList(name, value.items, each, depth);
  else each(name, textOfHeader(name, value));
}

function walkTable(name: string, entries: readonly Header[], each: EachHeader, depth: number): void {
  each(name, null);
  if (depth >= depthMax) return;
  for (const entry of entries) walkValue(`${name}.${entry.name}`, entry.value, each, depth + 1);
}

function walkList(name: string, items: readonly HeaderValue[], each: EachHeader, depth: number): void {
  each(name, null);
  if (depth >= depthMax) return;
  for (const item of items) walkValue(name, item, each, depth + 1);
}

/** The text by which a header is found: what the message page shows, but whole. */
function textOfHeader(name: string, value: Exclude<HeaderValue, { readonly kind: 'table' | 'list' }>): string | null {
  switch (value.kind) {
    case 'null':
      return null;
    case 'bytes':
      return textOfBytes(name, value.bytes);
    case 'text':
    case 'integer':
    case 'decimal':
    case 'timestamp':
      return value.text.toWellFormed();
    case 'number':
      return String(value.value);
    case 'boolean':
      return value.value ? 'true' : 'false';
  }
}

/** Whether the bytes, where they are UTF-8, are the text of the header. Otherwise they are a binary number, or shown in hex. */
export function isPlainHeader(name: string, bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, controlsSoughtMax);
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    // All but tab, the line breaks and escape, as the message page has it.
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) return false;
  }
  return !isBinaryInteger(name, bytes);
}

const controlsSoughtMax = 64;

function textOfBytes(name: string, bytes: Uint8Array): string {
  return (isPlainHeader(name, bytes) ? utf8(bytes) : undefined) ?? showBytes(name, bytes, undefined).text;
}

/** Header names are told apart by their letters, not by their case: brokers and bridges change it on the way. */
export function lowerName(name: string): string {
  return name.toWellFormed().replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
