import { couldMeet, createFieldMatcher, readFieldPath } from '#lib/masking/field-paths.ts';
import { mayFit } from '#lib/masking/expression-reach.ts';
import { fitsGlob } from '#lib/masking/glob.ts';
import { mark } from '#lib/masking/mark.ts';
import { maskJson, type Place } from '#lib/masking/mask-json.ts';
import { createPattern, type Pattern, type PatternSettings } from '#lib/masking/patterns.ts';
import { AppError } from '#lib/domain/errors.ts';
import { bytesOfBase64 } from '#lib/payload/envelopes.ts';
import { looksBinary } from '#lib/payload/show-payload.ts';
import { utf8 } from '#lib/conventions/header-index.ts';

/** What an operator has decided that nobody reads here. Plain data, so that it passes to other threads. */
export interface MaskingSettings {
  /** See `FieldPath`. */
  readonly fields: readonly string[];
  /** Names of headers and properties, `*` stands for anything. */
  readonly headers: readonly string[];
  readonly patterns: readonly PatternSettings[];
  /** Every key as a whole: where customers' addresses are keys. */
  readonly keys: boolean;
}

/**
 * What is shown instead of what is there: pure, and twice masked is once masked. It stands between the messages and everything that reads them,
 * the search included; only a replay sends what is there. Rules go by the names under which people see them: `field customer.email`.
 */
export interface Masking {
  readonly settings: MaskingSettings;
  /** A payload, an error, a header's value: fields of JSON in it, also of JSON in JSON and in base64, and patterns. */
  text(text: string, rules?: RulesMet): string;
  /** The same for bytes that are no text; `null` where a rule could apply to them, and nothing of them can be shown. */
  canShowBytes(bytes: Uint8Array): boolean;
  /** The rule that masks every value of this header. */
  headerRule(name: string): string | null;
  /** The rule by which a question for this header, or for this field of a payload, would be one for what is masked. */
  refusesHeader(name: string): string | null;
  refusesPath(path: readonly string[]): string | null;
  /** The values about which a pattern may see more than the value itself, so that asked alone they do not tell whether they are masked. */
  readonly looksAround: 'no-values' | 'numbers' | 'all-values';
}

/** Collects the rules that masked something. */
export type RulesMet = Set<string>;

/** What is no JSON may read otherwise with a mark in it, as a name where there was none; of JSON the second pass finds nothing more. */
const passesMax = 8;
/** Documents within documents; what is further inside is masked as a whole. */
const layersMax = 4;
/** Of the names around a document within a document. */
const namesAround = 40;

/** Throws `invalid_configuration` for what `maskingProblem` finds. */
export function createMasking(settings: MaskingSettings): Masking {
  const fields = settings.fields.map(
    (text) => readFieldPath(text) ?? invalid(`${text} is no path of a payload's field`),
  );
  const patterns = settings.patterns.map((each) => {
    const pattern = createPattern(each);
    return typeof pattern === 'string' ? invalid(`An expression ${pattern}`) : pattern;
  });
  const expressions = settings.patterns.flatMap((each) => (typeof each === 'string' ? [] : [each.expression]));
  const mayFitAny = (signs: string) => expressions.some((expression) => mayFit(expression, signs));
  const fieldAt = createFieldMatcher(fields);
  const headerRules = new Map<string, string | null>();

  function byPatterns(text: string, rules: RulesMet): string {
    let shown = text;
    for (const pattern of patterns) {
      const next = pattern.mask(shown);
      if (next !== shown) rules.add(`pattern ${pattern.name}`);
      shown = next;
    }
    return shown;
  }

  function document(text: string, place: Place, layer: number, rules: RulesMet, isWhole: boolean): string {
    return maskJson(
      text,
      {
        fieldAt,
        met: (field) => rules.add(`field ${field}`),
        text(value, at) {
          const isName = at.tops.length === 0;
          if (isName) return isWhole ? byPatterns(value, rules) : value;
          return mayHoldDocument(value) ? masked(value, within(at), layer + 1, rules) : byPatterns(value, rules);
        },
      },
      place,
    );
  }

  function masked(text: string, place: Place, layer: number, rules: RulesMet): string {
    if (!mayHoldDocument(text)) return byPatterns(text, rules);
    if (layer > layersMax) {
      if (fields.length === 0 || !/[{[]/.test(text)) return byPatterns(text, rules);
      rules.add(`field ${fields[0]?.text ?? ''}`);
      return mark;
    }
    const inside = textInBase64(text);
    if (inside !== undefined && masked(inside, place, layer + 1, rules) !== inside) return mark;
    if (looksLikeJson(text)) return byPatterns(document(text, place, layer, rules, true), rules);
    return byPatterns(fields.length === 0 ? text : quotedDocument(text, place, layer, rules), rules);
  }

  /** A document that a sentence quotes: as it is, as a string literal has it, or with the quotes of Python. */
  function quotedDocument(text: string, place: Place, layer: number, rules: RulesMet): string {
    for (const { begins, quotes, back } of quotations) {
      const start = text.search(begins);
      if (start < 0) continue;
      const tail = text.slice(start);
      const plain = tail.replace(quotes, '"');
      const shown = document(plain, place, layer, rules, false);
      return shown === plain ? text : text.slice(0, start) + shown.replaceAll('"', back);
    }
    return text;
  }

  return {
    settings,
    looksAround: mayFitAny(aroundTexts) ? 'all-values' : mayFitAny(aroundNumbers) ? 'numbers' : 'no-values',
    text(text, rules = new Set()) {
      let shown = text;
      for (let pass = 0; pass < passesMax; pass += 1) {
        const before = shown;
        shown = masked(before, { path: [], tops: [0] }, 0, rules);
        if (shown === before) break;
      }
      return shown;
    },
    canShowBytes(bytes) {
      if (fields.length > 0) return false;
      if (patterns.length === 0) return true;
      const rules: RulesMet = new Set();
      // Byte for character: what is ASCII among the bytes is read as it is.
      byPatterns(new TextDecoder('latin1').decode(bytes), rules);
      return rules.size === 0;
    },
    headerRule(name) {
      const known = headerRules.get(name);
      if (known !== undefined) return known;
      const rule = settings.headers.find((pattern) => fitsGlob(pattern, name));
      const found = rule === undefined ? null : `header ${rule}`;
      // Names are few, but a stranger may make them up.
      if (headerRules.size < 10_000) headerRules.set(name, found);
      return found;
    },
    refusesHeader(name) {
      const rule = settings.headers.find((pattern) => name.includes('*') || fitsGlob(pattern, name));
      return rule === undefined ? null : `header ${rule}`;
    },
    refusesPath(path) {
      const rule = couldMeet(fields, path);
      return rule === null ? null : `field ${rule}`;
    },
  };
}

/** A sentence's end that says what is wrong with one rule; `null` where it can be used. */
export function maskingProblem(
  rule: { readonly field: string } | { readonly pattern: PatternSettings },
): string | null {
  if ('field' in rule) {
    return readFieldPath(rule.field) === undefined ? 'is no path of a field, such as customer.email' : null;
  }
  const pattern: Pattern | string = createPattern(rule.pattern);
  return typeof pattern === 'string' ? pattern : null;
}

/** What stands beside a value in JSON, or in it and not in what it says. */
const aroundTexts = '"\\';
const aroundNumbers = '"\\:,[]{} \t\r\n';

/** Most values are words and numbers. */
function mayHoldDocument(text: string): boolean {
  return text.length >= base64Min || text.includes('{') || text.includes('[') || text.includes('"');
}

function looksLikeJson(text: string): boolean {
  const first = /^\s*([{["])/.exec(text)?.[1];
  if (first === undefined) return false;
  if (first === '"') return text.trimEnd().endsWith('"');
  return /^\s*(?:\{\s*["}]|\[\s*["{[\]\-\dtfn])/.test(text);
}
const quotations = [
  { begins: /[{[]\s*"/, quotes: /"/g, back: '"' },
  { begins: /[{[]\s*\\+"/, quotes: /\\+"/g, back: '\\"' },
  { begins: /[{[]\s*'/, quotes: /'/g, back: "'" },
] as const;

/** Where a document within a document begins; of the names around it the nearest are kept. */
function within({ path, tops }: Place): Place {
  const dropped = Math.max(0, path.length - namesAround);
  return {
    path: path.slice(dropped),
    tops: [...tops.map((top) => top - dropped).filter((top) => top >= 0), path.length - dropped],
  };
}

/** What is shorter holds no secret that a pattern knows, and most words of letters are valid base64. */
const base64Min = 16;

function textInBase64(text: string): string | undefined {
  if (text.length < base64Min) return undefined;
  const trimmed = text.trim();
  if (!/^[A-Za-z0-9+/_-]{16}/.test(trimmed)) return undefined;
  // Most words of letters are valid base64 too; what is inside of them is no text.
  const start = bytesOfBase64(trimmed.slice(0, 16));
  if (start === undefined || !isPrintable(start)) return undefined;
  const bytes = bytesOfBase64(trimmed);
  const inside = bytes && utf8(bytes);
  return inside === undefined || looksBinary(inside) ? undefined : inside;
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

function invalid(message: string): never {
  throw new AppError('invalid_configuration', `masking: ${message}.`, { details: { key: 'masking' } });
}
