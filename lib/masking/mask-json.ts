import { canonicalDecimal } from '#lib/filter/decimal.ts';
import { type FieldMatcher, fieldNamesMax } from '#lib/masking/field-paths.ts';
import { namesOf } from '#lib/masking/names.ts';
import { mark } from '#lib/masking/mark.ts';

export interface JsonMasking {
  readonly fieldAt: FieldMatcher;
  /** For a text that no field rule masks: a value, or, in no place at all, a name or a number. The path changes after the call. */
  text(text: string, place: Place): string;
  /** Called for each field rule that masked something. */
  met(field: string): void;
}

/** Where in a document, and in the documents around it, a text stands. */
export interface Place {
  readonly path: readonly string[];
  readonly tops: readonly number[];
}

const masked = JSON.stringify(mark);
const nowhere: Place = { path: [], tops: [] };

/**
 * JSON text with what the rules name masked. Everything else stays to the letter: white space, digits, repeated names. It takes what is no JSON,
 * too: a document that was cut is masked up to its last character, so that nothing of a field is left over at the end. It does not recurse.
 */
export function maskJson(text: string, rules: JsonMasking, place: Place = { path: [], tops: [0] }): string {
  const out: string[] = [];
  const path = [...place.path];
  /** The containers around the place, each with how many names it has added to the path. */
  const around: { readonly isObject: boolean; named: number }[] = [];
  let kept = 0;
  let at = 0;
  let expectsName = false;

  const replace = (start: number, end: number, by: string) => {
    out.push(text.slice(kept, start), by);
    kept = end;
  };
  /** Of a name with dots in it each part may be a field that is masked with all that is in it. */
  const field = () => {
    const added = around.at(-1)?.named ?? 0;
    for (let end = path.length - added + 1; end < path.length; end += 1) {
      const from = Math.max(0, end - fieldNamesMax);
      const tops = from === 0 ? place.tops : place.tops.map((top) => top - from);
      const met = rules.fieldAt(path.slice(from, end), tops);
      if (met !== null) return met;
    }
    return rules.fieldAt(path, place.tops);
  };
  const leaveName = () => {
    const inner = around.at(-1);
    if (!inner) return;
    for (; inner.named > 0; inner.named -= 1) path.pop();
  };

  /** In quotes or without them, as a program would write it that is no JSON's. */
  const enterName = (name: string) => {
    leaveName();
    const inner = around.at(-1);
    const names = namesOf(name);
    path.push(...names);
    if (inner) inner.named = names.length;
    expectsName = false;
  };

  while (at < text.length) {
    const start = at;
    switch (text.charCodeAt(at)) {
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
      case 0x3a:
        at += 1;
        continue;
      case 0x2c:
        leaveName();
        expectsName = around.at(-1)?.isObject === true;
        at += 1;
        continue;
      case 0x7d:
      case 0x5d:
        leaveName();
        around.pop();
        expectsName = false;
        at += 1;
        continue;
      case 0x7b:
      case 0x5b: {
        const met = path.length > 0 ? field() : null;
        if (met !== null) {
          rules.met(met);
          at = endOfContainer(text, at);
          replace(start, at, masked);
          continue;
        }
        const isObject = text.charCodeAt(at) === 0x7b;
        around.push({ isObject, named: 0 });
        expectsName = isObject;
        at += 1;
        continue;
      }
      case 0x22: {
        at = endOfString(text, at);
        const content = stringOf(text.slice(start, at));
        if (expectsName) {
          enterName(content);
          const shown = rules.text(content, nowhere);
          if (shown !== content) replace(start, at, JSON.stringify(shown));
          continue;
        }
        const met = path.length > 0 ? field() : null;
        if (met !== null) rules.met(met);
        const shown = met === null ? rules.text(content, { path, tops: place.tops }) : mark;
        if (shown !== content) replace(start, at, JSON.stringify(shown));
        continue;
      }
      default: {
        at = endOfWord(text, at);
        const word = text.slice(start, at);
        if (expectsName) {
          enterName(word);
          const shown = maskWord(word, rules);
          if (shown !== word) replace(start, at, JSON.stringify(shown));
          continue;
        }
        // That there is nothing is no secret, and often the very reason of the failure.
        if (word === 'null' || word === 'true' || word === 'false') {
          const met = word !== 'null' && path.length > 0 ? field() : null;
          if (met === null) continue;
          rules.met(met);
          replace(start, at, masked);
          continue;
        }
        const met = path.length > 0 ? field() : null;
        if (met !== null) rules.met(met);
        const shown = met === null ? maskWord(word, rules) : mark;
        if (shown !== word) replace(start, at, JSON.stringify(shown));
      }
    }
  }
  return kept === 0 ? text : out.join('') + text.slice(kept);
}

/** A number with an exponent or a point may be one that is masked where it is written out. */
function maskWord(word: string, rules: JsonMasking): string {
  const shown = rules.text(word, nowhere);
  if (shown !== word || !/[.eE]/.test(word)) return shown;
  const written = canonicalDecimal(word);
  return rules.text(written, nowhere) === written ? word : mark;
}

/** The content of a string's token, also of one that is cut, or that holds what JSON does not allow; what cannot be read stands for itself. */
function stringOf(token: string): string {
  const isWhole = token.length > 1 && token.endsWith('"');
  if (isWhole && !token.includes('\\')) return token.slice(1, -1);
  const allowed = token.replace(controls, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
  for (const whole of [allowed, `${allowed.replace(cutEscape, '$1')}"`]) {
    try {
      const content: unknown = JSON.parse(whole);
      if (typeof content === 'string') return content;
    } catch {
      // The next way of reading it.
    }
  }
  return token.replace(/^"|"$/g, '');
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controls = /[\u0000-\u001f]/g;
/** An escape that a cut went through. */
const cutEscape = /(?<!\\)((?:\\\\)*)\\(?:u[\da-fA-F]{0,3})?$/;

function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
}

function endOfContainer(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth += 1;
    if (code === 0x7d || code === 0x5d) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return at;
}

function endOfWord(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && !isBoundary(text.charCodeAt(at))) at += 1;
  return at;
}

function isBoundary(code: number): boolean {
  return (
    code === 0x22 ||
    code === 0x2c ||
    code === 0x3a ||
    code === 0x5b ||
    code === 0x5d ||
    code === 0x7b ||
    code === 0x7d ||
    code === 0x20 ||
    code === 0x0a ||
    code === 0x0d ||
    code === 0x09
  );
}
