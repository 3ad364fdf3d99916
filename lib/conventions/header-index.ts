import type { Header, HeaderValue } from '#lib/domain/message.ts';

/** A header's name as an index is asked for it. Lowering each of them for each message is measurable: literals stand in lower case already. */
export type LowerCase = Lowercase<string>;

/** Headers by lower-case name. Of repeated names the last one counts, unless a convention asks for all. */
export interface HeaderIndex {
  /** In lower case, each once. */
  names(): Iterable<string>;
  has(name: LowerCase): boolean;
  value(name: LowerCase): HeaderValue | undefined;
  values(name: LowerCase): readonly HeaderValue[];
  /** The value as text: text, UTF-8 bytes, integers, numbers, booleans; `undefined` where there is none or it is not text. */
  text(name: LowerCase): string | undefined;
  /** A whole number, from text or an integer header; `undefined` when it is not one. */
  integer(name: LowerCase): number | undefined;
  /** The first of these names that has a text. */
  firstText(...names: readonly LowerCase[]): string | undefined;
  /** Of repeated headers the one that stands first, as text: the newest where a framework prepends. */
  firstOf(name: LowerCase): string | undefined;
}

export function indexHeaders(headers: readonly Header[]): HeaderIndex {
  return new IndexedHeaders(headers);
}

export function lowerCase(name: string): LowerCase {
  // The standard library's own types do not say what its method does.
  return name.toLowerCase() as LowerCase;
}

/** Each of these short names with a prefix, joined once: to do it for each message is measurable. */
export function namesWith<Short extends LowerCase>(
  prefix: LowerCase,
  shortNames: readonly Short[],
): Readonly<Record<Short, LowerCase>> {
  // `fromEntries` forgets which keys it was given; they are exactly the short names.
  return Object.fromEntries(shortNames.map((name) => [name, prefix + name])) as Record<Short, LowerCase>;
}

/** A class, and no closures: two are made for each message that is read. */
class IndexedHeaders implements HeaderIndex {
  private readonly last = new Map<string, HeaderValue>();
  /** Of the names that stand there more than once, which is rare. */
  private readonly all = new Map<string, HeaderValue[]>();

  constructor(headers: readonly Header[]) {
    for (const header of headers) {
      const name = header.name.toLowerCase();
      const earlier = this.last.get(name);
      if (earlier !== undefined) {
        const known = this.all.get(name);
        if (known) known.push(header.value);
        else this.all.set(name, [earlier, header.value]);
      }
      this.last.set(name, header.value);
    }
  }

  names(): Iterable<string> {
    return this.last.keys();
  }

  has(name: LowerCase): boolean {
    return this.last.has(name);
  }

  value(name: LowerCase): HeaderValue | undefined {
    return this.last.get(name);
  }

  values(name: LowerCase): readonly HeaderValue[] {
    const value = this.last.get(name);
    return value === undefined ? [] : (this.all.get(name) ?? [value]);
  }

  text(name: LowerCase): string | undefined {
    const value = this.last.get(name);
    return value === undefined ? undefined : valueText(value);
  }

  integer(name: LowerCase): number | undefined {
    return wholeNumber(this.text(name));
  }

  firstText(...names: readonly LowerCase[]): string | undefined {
    for (const name of names) {
      const found = this.text(name);
      if (found !== undefined && found !== '') return found;
    }
    return undefined;
  }

  firstOf(name: LowerCase): string | undefined {
    const first = this.all.get(name)?.[0];
    return first === undefined ? this.text(name) : valueText(first);
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text where they are valid UTF-8; else `undefined`. */
export function utf8(bytes: Uint8Array): string | undefined {
  return (bytes.length <= shortMax ? shortAscii(bytes) : undefined) ?? decoded(bytes);
}

const shortMax = 8;

/** Counts, partitions and offsets: calling the decoder takes ten times as long as they do. */
function shortAscii(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const byte of bytes) {
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function valueText(value: HeaderValue): string | undefined {
  switch (value.kind) {
    case 'text':
    case 'integer':
    case 'decimal':
    case 'timestamp':
      return value.text;
    case 'bytes':
      return utf8(value.bytes);
    case 'number':
      return String(value.value);
    case 'boolean':
      return String(value.value);
    case 'null':
    case 'table':
    case 'list':
      return undefined;
  }
}

export function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d{1,16}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** An entry of a nested table. */
export function entryOf(value: HeaderValue | undefined, name: string): HeaderValue | undefined {
  return value?.kind === 'table' ? value.entries.find((entry) => entry.name === name)?.value : undefined;
}

export function entryText(value: HeaderValue | undefined, name: string): string | undefined {
  const entry = entryOf(value, name);
  return entry === undefined ? undefined : valueText(entry);
}
