/** Where something stands in a filter's text, in UTF-16 units. */
export interface Span {
  readonly position: number;
  readonly length: number;
}

export type Token = Span &
  (
    | { readonly kind: 'open' | 'close' | 'minus' | 'or' | 'and' | 'end' }
    /** A word or phrase that stands for itself. */
    | { readonly kind: 'word'; readonly text: string; readonly quoted: boolean }
    /** `name:value` or `name:=value`; `value` is null where nothing follows the colon. */
    | {
        readonly kind: 'field';
        readonly name: string;
        readonly exact: boolean;
        readonly value: string | null;
        readonly at: Span;
      }
  );

/** What is wrong, for the person who is typing, and where. */
export class FilterSyntaxError extends Error {
  readonly span: Span;

  constructor(message: string, span: Span) {
    super(message);
    this.name = 'FilterSyntaxError';
    this.span = span;
  }
}

/** Cuts a filter's text into tokens; every character that is not space belongs to one. Ends with an `end` token. Throws FilterSyntaxError. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;

  /** A quoted phrase with the escapes of JSON, or a run of characters up to space, quote or parenthesis. */
  const readValue = (): { text: string; quoted: boolean } => {
    if (text[at] === '"') return { text: readPhrase(), quoted: true };
    const start = at;
    while (at < text.length && !/[\s()"]/.test(text.charAt(at))) at += 1;
    return { text: text.slice(start, at), quoted: false };
  };

  const readPhrase = (): string => {
    const start = at;
    let phrase = '';
    at += 1;
    for (;;) {
      const character = text[at];
      if (character === undefined)
        throw new FilterSyntaxError('This phrase has no end: a " is missing.', {
          position: start,
          length: text.length - start,
        });
      if (character === '"') break;
      if (character === '\\') phrase += readEscape();
      else {
        phrase += character;
        at += 1;
      }
    }
    at += 1;
    return phrase;
  };

  const readEscape = (): string => {
    const hex = /^\\u([0-9a-fA-F]{4})/.exec(text.slice(at, at + 6))?.[1];
    const simple = escapes[text.charAt(at + 1)];
    if (hex === undefined && simple === undefined) {
      const length = Math.min(2, text.length - at);
      throw new FilterSyntaxError(
        'In a phrase a backslash begins an escape: \\" \\\\ \\n \\r \\t \\u0041. Write \\\\ for a backslash.',
        { position: at, length },
      );
    }
    at += hex === undefined ? 2 : 6;
    return hex === undefined ? (simple ?? '') : String.fromCharCode(Number.parseInt(hex, 16));
  };

  for (;;) {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
    const position = at;
    const single = singles[text.charAt(at)];
    if (at >= text.length) {
      tokens.push({ kind: 'end', position, length: 0 });
      return tokens;
    }
    if (single) {
      at += 1;
      tokens.push({ kind: single, position, length: 1 });
      continue;
    }
    const name = /^[A-Za-z_][\w.-]*(?=:)/.exec(text.slice(at, at + 64))?.[0];
    if (name !== undefined) {
      at += name.length + 1;
      const exact = text[at] === '=';
      if (exact) at += 1;
      const valueAt = at;
      const value = readValue();
      const at_: Span = { position: valueAt, length: at - valueAt };
      tokens.push({
        kind: 'field',
        name,
        exact,
        value: value.text === '' && !value.quoted ? null : value.text,
        position,
        length: at - position,
        at: at_,
      });
    } else {
      const word = readValue();
      const operator = word.quoted ? undefined : operators[word.text];
      tokens.push(
        operator
          ? { kind: operator, position, length: at - position }
          : { kind: 'word', ...word, position, length: at - position },
      );
    }
    // `"a"b` would otherwise pass as two words where one was probably meant.
    if (at < text.length && !/[\s()]/.test(text.charAt(at)))
      throw new FilterSyntaxError('A space is missing here.', { position: at, length: 1 });
  }
}

const singles: Readonly<Record<string, 'open' | 'close' | 'minus'>> = { '(': 'open', ')': 'close', '-': 'minus' };
const operators: Readonly<Record<string, 'or' | 'and' | 'minus'>> = { OR: 'or', AND: 'and', NOT: 'minus' };
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
};
