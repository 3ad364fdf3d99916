/** A stretch of JSON text and what it is, for its colour only: the text is shown to the letter. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'plain';
  readonly text: string;
  /** For values that stand somewhere in an object: where, and what they say. Elements of arrays stand where their array does. */
  readonly leaf?: JsonLeaf;
}

export interface JsonLeaf {
  readonly path: readonly string[];
  readonly value: string;
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Deeper values have no path: nobody filters by one, and text that is no JSON may open brackets without end. */
const depthMax = 32;

/** Cuts JSON text into coloured stretches. It never changes, drops or adds a character, also where the text is not JSON. */
export function jsonTokens(text: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  const place = createPlace();
  let end = 0;
  const plainUntil = (index: number) => {
    if (index <= end) return;
    const plain = text.slice(end, index);
    place.pass(plain);
    tokens.push({ kind: 'plain', text: plain });
  };
  for (const match of text.matchAll(token)) {
    plainUntil(match.index);
    const [whole, quoted, colon, number] = match;
    if (quoted !== undefined && colon !== undefined) {
      place.name(quoted);
      tokens.push({ kind: 'key', text: quoted }, { kind: 'plain', text: colon });
    } else {
      const kind = quoted !== undefined ? 'string' : number === undefined ? 'word' : 'number';
      const leaf = place.leaf(kind === 'string' ? unquoted(whole) : whole);
      tokens.push({ kind, text: whole, ...(leaf ? { leaf } : {}) });
    }
    end = match.index + whole.length;
  }
  plainUntil(text.length);
  return tokens;
}

/** Where in its objects the text has arrived. */
function createPlace() {
  /** The key that is being read in each object, `null` before the first; arrays are `undefined`. */
  const open: (string | null | undefined)[] = [];
  return {
    pass(plain: string) {
      for (const character of plain) {
        if (character === '{') open.push(null);
        else if (character === '[') open.push(undefined);
        else if (character === '}' || character === ']') open.pop();
      }
    },
    name(quoted: string) {
      if (open.length > 0 && open.at(-1) !== undefined) open[open.length - 1] = unquoted(quoted);
    },
    leaf(value: string | null): JsonLeaf | null {
      if (value === null || open.length > depthMax) return null;
      const path: string[] = [];
      for (const key of open) {
        if (key === null) return null;
        if (key !== undefined) path.push(key);
      }
      return path.length === 0 ? null : { path, value };
    },
  };
}

function unquoted(quoted: string): string | null {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
