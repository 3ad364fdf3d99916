/**
 * Finds the values of a JSON document without building it: one pass over the bytes, nothing allocated for a value, and no recursion, so that
 * a document of a stranger costs its length and nothing more. Accepts exactly what `JSON.parse` accepts, a byte order mark besides.
 */
export interface LeafScanner {
  /** Calls `leaf` for each value in its order; what it may ask of the scanner stands in `Leaf`. */
  scan(bytes: Uint8Array, bounds: LeafBounds, leaf: (leaf: Leaf) => void): LeafResult;
}

/** `malformed`: no JSON, and what was found until then means nothing. `cut`: there is more than the bounds allow, and the rest was not looked at. */
export type LeafResult = 'complete' | 'malformed' | 'cut';

export interface LeafBounds {
  readonly leafMax: number;
  /** Names within each other. Arrays do not count. */
  readonly depthMax: number;
}

export const unbounded: LeafBounds = { leafMax: Infinity, depthMax: Infinity };

/** The value at hand. The object is the scanner's own and only true within the call. */
export interface Leaf {
  /** `container`: an object or an array, before what is in it. */
  readonly kind: 'text' | 'number' | 'true' | 'false' | 'null' | 'container';
  /** Where it stands in the bytes; of a text what is between the quotes. */
  readonly start: number;
  readonly end: number;
  /** Whether its bytes are the text itself: ASCII, without escapes. */
  readonly plain: boolean;
  /** How many names lead to it; arrays have none. */
  readonly depth: number;
  /** Of all the names that lead to it: equal for equal names. */
  readonly pathHash: number;
  name(at: number): string;
}

/** For comparing with `Leaf.pathHash`. */
export function hashPath(path: readonly string[]): number {
  let hash = pathSeed;
  for (const name of path) hash = hashText(hash, name);
  return hash;
}

const encoder = new TextEncoder();
const pathSeed = 0x811c9dc5 | 0;
const prime = 0x01000193;

function hashText(before: number, name: string): number {
  const bytes = encoder.encode(name);
  return hashName(before, bytes, 0, bytes.length);
}

/** The separator is no byte of UTF-8. */
function hashName(before: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(before ^ 0xff, prime);
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), prime);
  return hash;
}

const quote = 0x22;
const backslash = 0x5c;
const [comma, colon, minus, plus, point] = [0x2c, 0x3a, 0x2d, 0x2b, 0x2e];
const [openObject, closeObject, openArray, closeArray] = [0x7b, 0x7d, 0x5b, 0x5d];
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of a JSON string from the bytes between its quotes, as `JSON.parse` has it; unpaired surrogates become U+FFFD. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  const text: unknown = JSON.parse(`"${decoder.decode(bytes.subarray(start, end))}"`);
  return String(text).toWellFormed();
}

export function createLeafScanner(): LeafScanner {
  /** For each container that is open: 1 for an object. */
  let isObject = new Uint8Array(64);
  /** For each object that is open, the name at hand. */
  let names = createNames(64);
  let document: Uint8Array = new Uint8Array();

  const leaf = {
    kind: 'null' as Leaf['kind'],
    start: 0,
    end: 0,
    plain: true,
    depth: 0,
    pathHash: pathSeed,
    name: (which: number): string => {
      const [start, end] = [names.start[which] ?? 0, names.end[which] ?? 0];
      return names.plain[which] === 1 ? decoder.decode(document.subarray(start, end)) : readText(document, start, end);
    },
  };

  /** A name and its colon, of the object at that depth; answers what follows, or -1. */
  const readName = (bytes: Uint8Array, from: number, depth: number): number => {
    const open = skipSpace(bytes, from);
    if (bytes[open] !== quote) return -1;
    const close = endOfString(bytes, open + 1);
    if (close === -1) return -1;
    const plain = close >= 0;
    const end = plain ? close : -close;
    const last = depth - 1;
    if (last >= names.start.length) names = growNames(names);
    names.start[last] = open + 1;
    names.end[last] = end;
    names.plain[last] = plain ? 1 : 0;
    const before = last === 0 ? pathSeed : (names.hash[last - 1] ?? 0);
    names.hash[last] = plain
      ? hashName(before, bytes, open + 1, end)
      : hashText(before, readText(bytes, open + 1, end));
    const at = skipSpace(bytes, end + 1);
    return bytes[at] === colon ? at + 1 : -1;
  };

  const run = (bytes: Uint8Array, { leafMax, depthMax }: LeafBounds, each: (leaf: Leaf) => void): LeafResult => {
    let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    let open = 0;
    let depth = 0;
    let leaves = 0;
    const say = (kind: Leaf['kind'], start: number, end: number, plain: boolean): void => {
      leaf.kind = kind;
      leaf.start = start;
      leaf.end = end;
      leaf.plain = plain;
      leaf.depth = depth;
      leaf.pathHash = depth === 0 ? pathSeed : (names.hash[depth - 1] ?? 0);
      each(leaf);
    };

    for (;;) {
      at = skipSpace(bytes, at);
      const start = at;
      const byte = bytes[at] ?? 0;
      if (byte === quote) {
        const close = endOfString(bytes, start + 1);
        if (close === -1) return 'malformed';
        const end = close < 0 ? -close : close;
        say('text', start + 1, end, close >= 0);
        at = end + 1;
      } else if (byte === openObject || byte === openArray) {
        say('container', start, start + 1, true);
        if (open >= isObject.length) isObject = grow(isObject);
        isObject[open] = byte === openObject ? 1 : 0;
        open += 1;
        if (byte === openObject) depth += 1;
        if (depth > depthMax) return 'cut';
        at = skipSpace(bytes, start + 1);
        if (bytes[at] !== byte + 2) {
          if (byte === openObject) at = readName(bytes, at, depth);
          if (at < 0) return 'malformed';
          continue;
        }
        // It is closed again below.
        leaves -= 1;
      } else if (byte === minus || isDigit(byte)) {
        at = endOfNumber(bytes, start);
        if (at < 0) return 'malformed';
        say('number', start, at, true);
      } else {
        const word = byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : 'null';
        if (!hasWord(bytes, start, word)) return 'malformed';
        at = start + word.length;
        say(word, start, at, true);
      }
      leaves += 1;
      if (leaves > leafMax) return 'cut';

      // What was opened is closed as often as it ends here; then the next value, or the end.
      for (;;) {
        at = skipSpace(bytes, at);
        if (open === 0) return at === bytes.length ? 'complete' : 'malformed';
        const next = bytes[at];
        at += 1;
        const inObject = isObject[open - 1] === 1;
        if (next === comma) {
          if (inObject) at = readName(bytes, at, depth);
          if (at < 0) return 'malformed';
          break;
        }
        if (next !== (inObject ? closeObject : closeArray)) return 'malformed';
        open -= 1;
        if (inObject) depth -= 1;
      }
    }
  };

  return {
    scan(bytes, bounds, each) {
      document = bytes;
      const result = run(bytes, bounds, each);
      document = new Uint8Array();
      if (isObject.length > keptMax) isObject = new Uint8Array(64);
      if (names.start.length > keptMax) names = createNames(64);
      return result;
    },
  };
}

// These take what they look at and keep nothing, so that the engine can hold it in registers: this runs over every body that arrives.

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) return at;
    at += 1;
  }
  return at;
}

/** Where the closing quote is; negative where the string is not plain, which then ends at 2 at the earliest; -1 where it has no end. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from;
  let plain = true;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) return plain ? at : -at;
    if (byte < 0x20) return -1;
    if (byte === backslash) {
      at = endOfEscape(bytes, at + 1);
      if (at < 0) return -1;
      plain = false;
    } else {
      if (byte >= 0x80) plain = false;
      at += 1;
    }
  }
  return -1;
}

function endOfEscape(bytes: Uint8Array, from: number): number {
  const byte = bytes[from] ?? 0;
  if (byte !== 0x75) return shortEscapes.has(byte) ? from + 1 : -1;
  for (let at = from + 1; at < from + 5; at += 1) if (!isHexDigit(bytes[at] ?? 0)) return -1;
  return from + 5;
}

/** " / \ b f n r t */
const shortEscapes: ReadonlySet<number> = new Set([0x22, 0x2f, 0x5c, 0x62, 0x66, 0x6e, 0x72, 0x74]);

function endOfNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === minus ? from + 1 : from;
  if (!isDigit(bytes[at] ?? 0)) return -1;
  at = bytes[at] === 0x30 ? at + 1 : endOfDigits(bytes, at);
  if (bytes[at] === point) {
    if (!isDigit(bytes[at + 1] ?? 0)) return -1;
    at = endOfDigits(bytes, at + 1);
  }
  if (((bytes[at] ?? 0) | 0x20) === 0x65) {
    const sign = bytes[at + 1];
    at += sign === plus || sign === minus ? 2 : 1;
    if (!isDigit(bytes[at] ?? 0)) return -1;
    at = endOfDigits(bytes, at);
  }
  return at;
}

function endOfDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at] ?? 0)) at += 1;
  return at;
}

function hasWord(bytes: Uint8Array, from: number, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) if (bytes[from + index] !== word.charCodeAt(index)) return false;
  return true;
}

/** What a document of many levels needed is not kept for those that follow. */
const keptMax = 10_000;

interface Names {
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly plain: Int32Array;
  readonly hash: Int32Array;
}

function createNames(size: number): Names {
  return {
    start: new Int32Array(size),
    end: new Int32Array(size),
    plain: new Int32Array(size),
    hash: new Int32Array(size),
  };
}

function growNames(names: Names): Names {
  const grown = createNames(names.start.length * 2);
  grown.start.set(names.start);
  grown.end.set(names.end);
  grown.plain.set(names.plain);
  grown.hash.set(names.hash);
  return grown;
}

function grow(array: Uint8Array): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(array.length * 2);
  grown.set(array);
  return grown;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
