import type { Header, HeaderValue } from '#lib/domain/message.ts';

/** Headers by lower-case name. Of repeated names the last one counts, unless a convention asks for all. */
export interface HeaderIndex {
  /** In lower case, each once. */
  names(): Iterable<string>;
  has(name: string): boolean;
  value(name: string): HeaderValue | undefined;
  values(name: string): readonly HeaderValue[];
  /** The value as text: text, UTF-8 bytes, integers, numbers, booleans; `undefined` where there is none or it is not text. */
  text(name: string): string | undefined;
  /** A whole number, from text or an integer header; `undefined` when it is not one. */
  integer(name: string): number | undefined;
  /** The first of these names that has a text. */
  firstText(...names: readonly string[]): string | undefined;
  /** Of repeated headers the one that stands first, as text: the newest where a framework prepends. */
  firstOf(name: string): string | undefined;
}

export function indexHeaders(headers: readonly Header[]): HeaderIndex {
  const byName = new Map<string, HeaderValue[]>();
  for (const header of headers) {
    const name = header.name.toLowerCase();
    const known = byName.get(name);
    if (known) known.push(header.value);
    else byName.set(name, [header.value]);
  }
  const value = (name: string) => byName.get(name.toLowerCase())?.at(-1);
  const text = (name: string) => {
    const found = value(name);
    return found === undefined ? undefined : valueText(found);
  };
  return {
    names: () => byName.keys(),
    has: (name) => byName.has(name.toLowerCase()),
    value,
    values: (name) => byName.get(name.toLowerCase()) ?? [],
    text,
    integer: (name) => wholeNumber(text(name)),
    firstText: (...names) => {
      for (const name of names) {
        const found = text(name);
        if (found !== undefined && found !== '') return found;
      }
      return undefined;
    },
    firstOf: (name) => {
      const found = byName.get(name.toLowerCase())?.[0];
      return found === undefined ? undefined : valueText(found);
    },
  };
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text where they are valid UTF-8; else `undefined`. */
export function utf8(bytes: Uint8Array): string | undefined {
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
