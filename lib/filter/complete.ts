import { type FilterField, filterFields, findField } from '#lib/filter/fields.ts';

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
}

/** What could stand at the caret: names of fields, or the values of a field that has few. `values` adds what only the caller knows (queues, connections, classes). */
export function complete(
  text: string,
  caret: number,
  values: Readonly<Partial<Record<string, readonly string[]>>> = {},
): Completion {
  const before = text.slice(0, caret);
  const start = before.length - (/(?<=^|[\s(-])[^\s()-][^\s()]*$/.exec(before)?.[0].length ?? 0);
  const word = before.slice(start);
  const inPhrase = (before.replaceAll(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
  if (inPhrase) return { from: caret, to: caret, suggestions: [] };

  const colon = word.indexOf(':');
  if (colon === -1) {
    const names = filterFields.filter((field) => field.name.startsWith(word.toLowerCase()));
    return { from: start, to: caret, suggestions: names.map(suggestField) };
  }
  const field: FilterField | undefined = findField(word.slice(0, colon));
  if (!field) return { from: caret, to: caret, suggestions: [] };
  // After := only the value is replaced.
  const at = colon + (word[colon + 1] === '=' ? 2 : 1);
  const begun = word.slice(at).toLowerCase();
  const possible = [
    ...(field.values ?? values[field.name] ?? (field.value === 'instant' ? ['30m', '2h', '24h', '7d'] : [])),
  ];
  const matching = possible.filter((value) => value.toLowerCase().includes(begun)).slice(0, 20);
  return {
    from: start + at,
    to: caret,
    suggestions: matching.map((value) => ({
      text: `${/^[\w.*/:@+-]+$/.test(value) ? value : JSON.stringify(value)} `,
      label: value,
      detail: field.does,
    })),
  };
}

function suggestField(field: FilterField): Suggestion {
  return { text: `${field.name}:`, label: `${field.name}:`, detail: `${field.does} — ${field.example}` };
}
