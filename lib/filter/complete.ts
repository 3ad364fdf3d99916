import { type FieldName, type FilterField, filterFields, findField } from '#lib/filter/fields.ts';
import { writeQueue, writeValue } from '#lib/filter/serialise.ts';

export interface Completion {
  /** The part of the text that a suggestion replaces. */
  readonly from: number;
  readonly to: number;
  readonly suggestions: readonly Suggestion[];
}

export interface Suggestion {
  /** What is put in: `state:` or `state:new `. */
  readonly text: string;
  readonly label: string;
  readonly detail: string;
  /** How many dead letters have it; absent where nobody counted. */
  readonly count?: number | undefined;
}

/** What stands at the caret, and so what could be put there. */
export type CompletionContext = {
  /** Where the condition begins that is being written, its `-` included. */
  readonly termFrom: number;
  readonly from: number;
  readonly to: number;
  readonly begun: string;
} & (
  | { readonly kind: 'nothing' }
  | { readonly kind: 'field' }
  /** After `header.` or `payload.`: a header's name, or a path. */
  | { readonly kind: 'name'; readonly field: 'header' | 'payload' }
  | { readonly kind: 'value'; readonly field: FieldName; readonly path: readonly string[]; readonly exact: boolean }
);

/** A value that the caller knows, most wanted first. */
export interface OfferedValue {
  readonly value: string;
  readonly label?: string;
  readonly count?: number;
}

const suggestionsMax = 20;

/** What could stand at the caret: names of fields, or the values of a field that has few. `values` adds what only the caller knows (queues, connections, classes). */
export function complete(
  text: string,
  caret: number,
  values: Readonly<Partial<Record<string, readonly string[]>>> = {},
): Completion {
  const context = completionAt(text, caret);
  const offered = context.kind === 'value' ? (values[context.field] ?? []) : [];
  return suggest(
    context,
    offered.map((value) => ({ value })),
  );
}

/** What is at the caret. Takes any text, however unfinished, and time in proportion to it. */
export function completionAt(text: string, caret: number): CompletionContext {
  const before = text.slice(0, caret);
  const { termFrom, wordFrom, phraseFrom } = findTerm(before);
  const rest = phraseFrom === null ? (/^[^\s()"]*/.exec(text.slice(caret))?.[0].length ?? 0) : 0;
  const word = before.slice(wordFrom);
  const here = { termFrom, from: wordFrom, to: caret + rest, begun: word };

  const colon = colonOf(word);
  if (colon === -1) {
    const name = /^(header|payload)\./i.exec(word)?.[1]?.toLowerCase();
    if (name === 'header' || name === 'payload') {
      const from = name.length + 1;
      return { ...here, kind: 'name', field: name, from: wordFrom + from, begun: word.slice(from) };
    }
    return phraseFrom === null ? { ...here, kind: 'field' } : nothingAt(termFrom, caret);
  }
  const target = fieldOf(word.slice(0, colon));
  if (!target) return nothingAt(termFrom, caret);
  const exact = word[colon + 1] === '=';
  // After := only the value is replaced.
  const from = wordFrom + colon + (exact ? 2 : 1);
  // Within a phrase only where the whole value is one.
  if (phraseFrom !== null && phraseFrom !== from) return nothingAt(termFrom, caret);
  const begun = before.slice(phraseFrom === null ? from : from + 1);
  return { ...here, ...target, kind: 'value', exact, from, begun };
}

function nothingAt(termFrom: number, caret: number): CompletionContext {
  return { kind: 'nothing', termFrom, from: caret, to: caret, begun: '' };
}

/** What fits what is begun, of what is possible there. */
export function suggest(context: CompletionContext, offered: readonly OfferedValue[]): Completion {
  const { from, to } = context;
  const begun = context.begun.toLowerCase();
  switch (context.kind) {
    case 'nothing':
      return { from, to, suggestions: [] };
    case 'field': {
      const fields = filterFields.filter((field) => field.name.startsWith(begun));
      return { from, to, suggestions: fields.map(suggestField) };
    }
    case 'name': {
      const suggestions = offered.map(({ value, label = value, count }) => ({
        text: `${value}:`,
        label,
        detail: context.field === 'header' ? 'header' : 'path of the payload',
        ...(count !== undefined && { count }),
      }));
      return { from, to, suggestions: suggestions.filter(({ label }) => fits(label, begun)).slice(0, suggestionsMax) };
    }
    case 'value': {
      const field: FilterField | undefined = findField(context.field);
      const known = offered.length > 0 ? offered : (knownValues(field) ?? []).map((value) => ({ value }));
      const fitting = known.filter(({ value, label = value }: OfferedValue) => fits(`${value} ${label}`, begun));
      const write = context.field === 'queue' && !context.exact ? writeQueue : writeValue;
      const suggestions = fitting.slice(0, suggestionsMax).map(({ value, label = value, count }: OfferedValue) => ({
        text: `${write(value)} `,
        label,
        detail: field?.does ?? '',
        ...(count !== undefined && { count }),
      }));
      return { from, to, suggestions };
    }
  }
}

function fits(label: string, begun: string): boolean {
  return label.toLowerCase().includes(begun);
}

function knownValues(field: FilterField | undefined): readonly string[] | undefined {
  if (field?.values) return field.values;
  if (field?.value === 'instant') return ['30m', '2h', '24h', '7d'];
  return field?.value === 'time' ? ['>30m', '>2h', '>24h', '>7d'] : undefined;
}

function suggestField(field: FilterField): Suggestion {
  const name = field.value === 'named' ? `${field.name}.` : `${field.name}:`;
  return { text: name, label: name, detail: `${field.does} — ${field.example}` };
}

/** The condition that is being written at the end of the text, and the phrase that is not closed yet. */
function findTerm(text: string): { termFrom: number; wordFrom: number; phraseFrom: number | null } {
  let termFrom = 0;
  let wordFrom = 0;
  let phraseFrom: number | null = null;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (phraseFrom !== null) {
      if (character === '\\') at += 1;
      else if (character === '"') phraseFrom = null;
    } else if (character === '"') phraseFrom = at;
    else if (/[\s()]/.test(character)) termFrom = wordFrom = at + 1;
    else if (character === '-' && wordFrom === at) wordFrom = at + 1;
  }
  return { termFrom, wordFrom, phraseFrom };
}

/** The first one outside of quotes; -1 where there is none. */
function colonOf(word: string): number {
  let inPhrase = false;
  for (let at = 0; at < word.length; at += 1) {
    const character = word.charAt(at);
    if (inPhrase && character === '\\') at += 1;
    else if (character === '"') inPhrase = !inPhrase;
    else if (character === ':' && !inPhrase) return at;
  }
  return -1;
}

function fieldOf(written: string): { readonly field: FieldName; readonly path: readonly string[] } | null {
  const field = findField(written.split('.', 1)[0] ?? '');
  if (!field) return null;
  if (field.value !== 'named') return field.name.length === written.length ? { field: field.name, path: [] } : null;
  const path = written.slice(field.name.length + 1);
  if (path === '') return null;
  const names = field.name === 'header' && !path.startsWith('"') ? [path] : namesOf(path);
  return { field: field.name, path: names };
}

/** The names of a path, quoted or not. */
function namesOf(path: string): readonly string[] {
  return Array.from(path.matchAll(/"((?:[^"\\]|\\.)*)"|([^".]+)/g), ([, quoted, bare = '']) => {
    if (quoted === undefined) return bare;
    try {
      return String(JSON.parse(`"${quoted}"`));
    } catch {
      return quoted;
    }
  });
}
