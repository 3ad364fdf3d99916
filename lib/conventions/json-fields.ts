/** The fields of a JSON object. Own fields only; what was not asked for has not been parsed. */
export interface JsonFields {
  has(name: string): boolean;
  value(name: string): unknown;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Finds the top-level fields of a JSON object without building what is inside of them: a quarter of the time of `JSON.parse` for an ordinary event,
 * of which the index needs a name or two. `undefined` where brackets, quotes and commas are not those of an object; values are parsed, and
 * so checked, when they are asked for. Of a repeated name the last counts.
 */
export function readJsonFields(text: string): JsonFields | undefined {
  const spans = findSpans(text);
  if (spans === undefined) return undefined;
  return {
    has: (name) => spans.has(name),
    value(name) {
      const span = spans.get(name);
      return span === undefined ? undefined : parsed(text.slice(span.start, span.end));
    },
  };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function findSpans(text: string): Map<string, Span> | undefined {
  const spans = new Map<string, Span>();
  let at = afterSpace(text, 0);
  if (text.charCodeAt(at) !== openBrace) return undefined;
  at = afterSpace(text, at + 1);
  if (text.charCodeAt(at) === closeBrace) return isEnd(text, at + 1) ? spans : undefined;
  for (;;) {
    if (text.charCodeAt(at) !== quote) return undefined;
    const nameEnd = afterString(text, at);
    if (nameEnd < 0) return undefined;
    const name = nameOf(text, at, nameEnd);
    at = afterSpace(text, nameEnd);
    if (text.charCodeAt(at) !== colon) return undefined;
    const start = afterSpace(text, at + 1);
    const end = afterValue(text, start);
    if (end < 0) return undefined;
    if (name !== undefined) spans.set(name, { start, end });
    const code = text.charCodeAt(end);
    if (code === closeBrace) return isEnd(text, end + 1) ? spans : undefined;
    if (code !== comma) return undefined;
    at = afterSpace(text, end + 1);
  }
}

function nameOf(text: string, start: number, end: number): string | undefined {
  const name = text.slice(start + 1, end - 1);
  if (!name.includes('\\')) return name;
  const unescaped = parsed(text.slice(start, end));
  return typeof unescaped === 'string' ? unescaped : undefined;
}

/** Where the comma or the brace after a value stands; -1 where the text ends before. */
function afterValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = afterString(text, at) - 1;
        if (at < 0) return -1;
        break;
      case openBrace:
      case openBracket:
        depth += 1;
        break;
      case closeBrace:
        if (depth === 0) return at;
        depth -= 1;
        break;
      case closeBracket:
        if (depth === 0) return -1;
        depth -= 1;
        break;
      case comma:
        if (depth === 0) return at;
        break;
    }
  }
  return -1;
}

/** After the closing quote; -1 where there is none. */
function afterString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return -1;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}

function afterSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function isEnd(text: string, at: number): boolean {
  return afterSpace(text, at) === text.length;
}
