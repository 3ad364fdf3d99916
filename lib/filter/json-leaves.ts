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
  for (const name of path) hash = hashName(hash, encoder.encode(name));
  return hash;
}

const encoder = new TextEncoder();
const pathSeed = 0x811c9dc5 | 0;
const prime = 0x01000193;

/** The separator is no byte of UTF-8. */
function hashName(before: number, bytes: Uint8Array): number {
  let hash = Math.imul(before ^ 0xff, prime);
  for (const byte of bytes) hash = Math.imul(hash ^ byte, prime);
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
  let bytes: Uint8Array = new Uint8Array();
  let at = 0;
  /** Of a string: whether it was all ASCII and without escapes. */
  let plain = true;
  /** For each container that is open: 1 for an object. */
  let isObject = new Uint8Array(64);
  /** For each object that is open, the name at hand. */
  let names = createNames(64);
  let depth = 0;

  const leaf = {
    kind: 'null' as Leaf['kind'],
    start: 0,
    end: 0,
    plain: true,
    depth: 0,
    pathHash: pathSeed,
    name: (which: number): string => {
      const [start, end] = [names.start[which] ?? 0, names.end[which] ?? 0];
      return names.plain[which] === 1 ? decoder.decode(bytes.subarray(start, end)) : readText(bytes, start, end);
    },
  };

  const skipSpace = (): void => {
    for (;;) {
      const byte = bytes[at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      at += 1;
    }
  };

  /** From behind the opening quote to behind the closing one; answers where the closing one is, or -1. */
  const readString = (): number => {
    plain = true;
    for (;;) {
      const byte = bytes[at];
      if (byte === undefined || byte < 0x20) return -1;
      at += 1;
      if (byte === quote) return at - 1;
      if (byte >= 0x80) plain = false;
      else if (byte === backslash) {
        plain = false;
        if (!readEscape()) return -1;
      }
    }
  };

  const readEscape = (): boolean => {
    const byte = bytes[at] ?? 0;
    at += 1;
    // " / \ b f n r t
    if ([0x22, 0x2f, 0x5c, 0x62, 0x66, 0x6e, 0x72, 0x74].includes(byte)) return true;
    if (byte !== 0x75) return false;
    for (let digit = 0; digit < 4; digit += 1, at += 1) if (!isHexDigit(bytes[at] ?? 0)) return false;
    return true;
  };

  const readDigits = (): boolean => {
    const start = at;
    while (isDigit(bytes[at] ?? 0)) at += 1;
    return at > start;
  };

  const readNumber = (): boolean => {
    if (bytes[at] === minus) at += 1;
    if (bytes[at] === 0x30) at += 1;
    else if (!readDigits()) return false;
    if (bytes[at] === point) {
      at += 1;
      if (!readDigits()) return false;
    }
    if (((bytes[at] ?? 0) | 0x20) === 0x65) {
      at += 1;
      if (bytes[at] === plus || bytes[at] === minus) at += 1;
      if (!readDigits()) return false;
    }
    return true;
  };

  /** A name and its colon. */
  const readName = (): boolean => {
    skipSpace();
    if (bytes[at] !== quote) return false;
    at += 1;
    const start = at;
    const end = readString();
    if (end < 0) return false;
    const last = depth - 1;
    if (last >= names.start.length) names = growNames(names);
    names.start[last] = start;
    names.end[last] = end;
    names.plain[last] = plain ? 1 : 0;
    const before = last === 0 ? pathSeed : (names.hash[last - 1] ?? 0);
    names.hash[last] = plain
      ? hashBytes(before, start, end)
      : hashName(before, encoder.encode(readText(bytes, start, end)));
    skipSpace();
    if (bytes[at] !== colon) return false;
    at += 1;
    return true;
  };

  const hashBytes = (before: number, start: number, end: number): number => {
    let hash = Math.imul(before ^ 0xff, prime);
    for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ (bytes[index] ?? 0), prime);
    return hash;
  };

  const readWord = (word: string): boolean => {
    for (let index = 0; index < word.length; index += 1) if (bytes[at + index] !== word.charCodeAt(index)) return false;
    at += word.length;
    return true;
  };

  const run = ({ leafMax, depthMax }: LeafBounds, each: (leaf: Leaf) => void): LeafResult => {
    let open = 0;
    let leaves = 0;
    const say = (kind: Leaf['kind'], start: number, end: number): void => {
      leaf.kind = kind;
      leaf.start = start;
      leaf.end = end;
      leaf.plain = kind !== 'text' || plain;
      leaf.depth = depth;
      leaf.pathHash = depth === 0 ? pathSeed : (names.hash[depth - 1] ?? 0);
      each(leaf);
    };
    const push = (object: boolean): void => {
      if (open >= isObject.length) isObject = grow(isObject);
      isObject[open] = object ? 1 : 0;
      open += 1;
      if (object) depth += 1;
    };
    const pop = (): void => {
      open -= 1;
      if (isObject[open] === 1) depth -= 1;
      at += 1;
    };

    for (;;) {
      skipSpace();
      const start = at;
      const byte = bytes[at];
      let isOpen = false;
      if (byte === quote) {
        at += 1;
        const end = readString();
        if (end < 0) return 'malformed';
        say('text', start + 1, end);
      } else if (byte === openObject || byte === openArray) {
        say('container', start, start + 1);
        at += 1;
        push(byte === openObject);
        if (depth > depthMax) return 'cut';
        skipSpace();
        isOpen = bytes[at] !== (byte === openObject ? closeObject : closeArray);
        if (isOpen && byte === openObject && !readName()) return 'malformed';
        if (!isOpen) pop();
      } else if (byte === minus || isDigit(byte ?? 0)) {
        if (!readNumber()) return 'malformed';
        say('number', start, at);
      } else {
        const word = byte === 0x74 ? 'true' : byte === 0x66 ? 'false' : 'null';
        if (!readWord(word)) return 'malformed';
        say(word, start, at);
      }
      if (isOpen) continue;
      leaves += 1;
      if (leaves > leafMax) return 'cut';

      // What was opened is closed as often as it ends here; then the next value, or the end.
      for (;;) {
        skipSpace();
        if (open === 0) return at === bytes.length ? 'complete' : 'malformed';
        const next = bytes[at];
        const inObject = isObject[open - 1] === 1;
        if (next === comma) {
          at += 1;
          if (inObject && !readName()) return 'malformed';
          break;
        }
        if (next !== (inObject ? closeObject : closeArray)) return 'malformed';
        pop();
      }
    }
  };

  return {
    scan(document, bounds, each) {
      bytes = document;
      at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
      depth = 0;
      const result = run(bounds, each);
      bytes = new Uint8Array();
      if (isObject.length > keptMax) isObject = new Uint8Array(64);
      if (names.start.length > keptMax) names = createNames(64);
      return result;
    },
  };
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
