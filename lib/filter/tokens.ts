import type { Parts } from '#lib/filter/filter.ts';

/** Where something stands in a filter's text, in UTF-16 units. */
export interface Span {
  readonly position: number;
  readonly length: number;
}

/** A value as it was written. `"a b"*c` has the parts `a b` and `c`: a star outside of quotes stands for any run of characters. */
export interface Written {
  /** One where there is no wildcard. */
  readonly parts: Parts;
  readonly quoted: boolean;
}

export type Token = Span &
  (
    | { readonly kind: 'open' | 'close' | 'minus' | 'or' | 'and' | 'end' }
    /** A word or phrase that stands for itself. */
    | { readonly kind: 'word'; readonly value: Written }
    /** `name:value` or `name:=value`; `value` is null where nothing follows the colon. */
    | {
        readonly kind: 'field';
        readonly name: string;
        /** `header."odd name":` and `payload.customer.id:`: what stands after the name; empty for all others. */
        readonly path: readonly string[];
        readonly exact: boolean;
        readonly value: Written | null;
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

  const run = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };

  /** Runs of characters up to space, quote or parenthesis, and phrases; one follows the other only where a star stands between them. */
  const readValue = (): Written => {
    const parts = [''];
    let quoted = false;
    let mayJoin = true;
    for (;;) {
      const character = text[at];
      if (character === '*') {
        run(stars);
        parts.push('');
        mayJoin = true;
      } else if (!mayJoin || character === undefined || endsValue.test(character)) {
        return { parts, quoted };
      } else {
        parts[parts.length - 1] = character === '"' ? readPhrase() : run(bare);
        quoted ||= character === '"';
        mayJoin = false;
      }
    }
  };

  const readPhrase = (): string => {
    const start = at;
    let phrase = '';
    at += 1;
    for (;;) {
      phrase += run(plainInPhrase);
      const character = text[at];
      if (character === undefined)
        throw new FilterSyntaxError('This phrase has no end: a " is missing.', {
          position: start,
          length: text.length - start,
        });
      if (character === '"') break;
      phrase += readEscape();
    }
    at += 1;
    return phrase;
  };

  const readEscape = (): string => {
    const hex = /^\\u([0-9a-fA-F]{4})/.exec(text.slice(at, at + 6))?.[1];
    const simple = escapes.get(text.charAt(at + 1));
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

  /** A field's name with what follows its dots, up to the colon; `null`, and nothing is read, where this is no field. */
  const readName = (): { readonly name: string; readonly path: readonly string[] } | null => {
    const start = at;
    const named = run(namedField).slice(0, -1);
    const isHeader = named.toLowerCase() === 'header';
    const path = named === '' ? { names: [], star: null } : readPath(isHeader);
    const name = named === '' ? run(plainField) : named;
    if (name !== '' && path && text[at] === ':') {
      if (path.star !== null)
        throw new FilterSyntaxError(
          'A path has no wildcards: arrays are looked through by themselves. For a name with a star in it, write it in quotes.',
          { position: path.star, length: 1 },
        );
      at += 1;
      return { name, path: path.names };
    }
    const span = { position: start, length: at - start };
    if (text.slice(start, at).includes('"'))
      throw new FilterSyntaxError('A colon and a value are missing after this name.', span);
    if (!path && run(bare).includes(':'))
      throw new FilterSyntaxError('A part of this name is empty. Write "" for a name that is.', span);
    at = start;
    return null;
  };

  /** A header's name, or the names of a path with dots between; `null` where one is empty. `star` is where a name has one outside of quotes. */
  const readPath = (isHeader: boolean): { readonly names: readonly string[]; readonly star: number | null } | null => {
    const names: string[] = [];
    let star: number | null = null;
    for (;;) {
      const position = at;
      const isPhrase = text[at] === '"';
      const name = isPhrase ? readPhrase() : run(isHeader ? headerName : pathName);
      if (name === '' && !isPhrase) return null;
      if (!isHeader && !isPhrase && name.includes('*')) star ??= position + name.indexOf('*');
      names.push(name);
      if (isHeader || text[at] !== '.') return { names, star };
      at += 1;
    }
  };

  const readField = (position: number): Token | null => {
    const found = readName();
    if (!found) return null;
    const exact = text[at] === '=';
    if (exact) at += 1;
    const valueAt = at;
    const value = readValue();
    return {
      kind: 'field',
      ...found,
      exact,
      value: at === valueAt ? null : value,
      position,
      length: at - position,
      at: { position: valueAt, length: at - valueAt },
    };
  };

  const readWord = (position: number): Token => {
    const value = readValue();
    const operator = value.quoted || value.parts.length > 1 ? undefined : operators.get(value.parts[0] ?? '');
    const span = { position, length: at - position };
    return operator ? { kind: operator, ...span } : { kind: 'word', value, ...span };
  };

  for (;;) {
    run(spaces);
    const position = at;
    if (at >= text.length) {
      tokens.push({ kind: 'end', position, length: 0 });
      return tokens;
    }
    const single = singles.get(text.charAt(at));
    if (single) {
      at += 1;
      tokens.push({ kind: single, position, length: 1 });
      continue;
    }
    tokens.push(readField(position) ?? readWord(position));
    // `"a"b` would otherwise pass as two words where one was probably meant.
    if (at < text.length && !/[\s()]/.test(text.charAt(at)))
      throw new FilterSyntaxError('A space is missing here.', { position: at, length: 1 });
  }
}

const spaces = /\s*/y;
const stars = /\*+/y;
const bare = /[^\s()"*]+/y;
const endsValue = /[\s()]/;
const plainInPhrase = /[^"\\]*/y;
const plainField = /[A-Za-z_][\w.-]*/y;
/** These are followed by a name that is not ours. */
const namedField = /(?:header|payload)\./iy;
const headerName = /[^\s()":]+/y;
const pathName = /[^\s()":.]+/y;

// Maps, because an object would also know `toString`.
const singles: ReadonlyMap<string, 'open' | 'close' | 'minus'> = new Map([
  ['(', 'open'],
  [')', 'close'],
  ['-', 'minus'],
]);
const operators: ReadonlyMap<string, 'or' | 'and' | 'minus'> = new Map([
  ['OR', 'or'],
  ['AND', 'and'],
  ['NOT', 'minus'],
]);
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);
