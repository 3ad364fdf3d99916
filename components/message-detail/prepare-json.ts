/** A stretch of JSON text and what it is, for its colour only: the text is shown to the letter. */
export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'plain';
  readonly text: string;
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Cuts JSON text into coloured stretches. It never changes, drops or adds a character, also where the text is not JSON. */
export function jsonTokens(text: string): readonly JsonToken[] {
  const tokens: JsonToken[] = [];
  let end = 0;
  const plainUntil = (index: number) => {
    if (index > end) tokens.push({ kind: 'plain', text: text.slice(end, index) });
  };
  for (const match of text.matchAll(token)) {
    plainUntil(match.index);
    const [whole, quoted, colon, number] = match;
    if (quoted !== undefined) {
      tokens.push({ kind: colon === undefined ? 'string' : 'key', text: quoted });
      if (colon !== undefined) tokens.push({ kind: 'plain', text: colon });
    } else {
      tokens.push({ kind: number === undefined ? 'word' : 'number', text: whole });
    }
    end = match.index + whole.length;
  }
  plainUntil(text.length);
  return tokens;
}
