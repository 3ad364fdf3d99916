import { namesOf } from '#lib/masking/names.ts';
import { fitsGlob } from '#lib/masking/glob.ts';

/**
 * A field of a payload, as `customer.email`: wherever it stands, also as `original.customer.email`. `$.customer.email` is only the one at the
 * top. `*` stands for one name or a part of it; lists count for nothing, so that `items.card` is the card of every item; a name with spaces
 * stands in quotes. A name with a dot in it is the same as one name within another.
 */
export interface FieldPath {
  /** As it was written. */
  readonly text: string;
  readonly fromTop: boolean;
  readonly names: readonly string[];
}

/** Of one rule. */
export const fieldNamesMax = 50;

/** `undefined` where it is no path, or one of too many names. */
export function readFieldPath(text: string): FieldPath | undefined {
  const fromTop = text.startsWith('$.');
  const name = /(?:"([^"]+)"|([^."\s[\]$]+))(?:\[\*?\])*(\.|$)/y;
  name.lastIndex = fromTop ? 2 : 0;
  const names: string[] = [];
  for (;;) {
    const found = name.exec(text);
    if (!found) return undefined;
    names.push(...namesOf(found[1] ?? found[2] ?? ''));
    if (names.length > fieldNamesMax) return undefined;
    if (found[3] === '') return { text, fromTop, names };
  }
}

/** A stranger may make up names. */
const lastNamesMax = 10_000;

/** The rule whose field stands at `path`. `tops` are the places in the path at which a document begins: a text may hold another document. */
export type FieldMatcher = (path: readonly string[], tops: readonly number[]) => string | null;

export function createFieldMatcher(fields: readonly FieldPath[]): FieldMatcher {
  // Asked for every value: the last name tells nearly all of them apart. Names recur, and one that is known is known with its rules.
  const byLastName = new Map<string, readonly FieldPath[]>();
  const endingWith = (name: string): readonly FieldPath[] => {
    const known = byLastName.get(name);
    if (known) return known;
    const found = fields.filter((field) => fitsGlob(field.names.at(-1) ?? '', name));
    if (byLastName.size < lastNamesMax) byLastName.set(name, found);
    return found;
  };
  return (path, tops) => {
    for (const field of endingWith(path.at(-1) ?? '')) {
      const start = path.length - field.names.length;
      if (start < 0 || (field.fromTop && !tops.includes(start))) continue;
      if (field.names.every((name, index) => fitsGlob(name, path[start + index] ?? ''))) return field.text;
    }
    return null;
  };
}

/**
 * Whether a question for this path could learn something of a masked field: it stands at the path or around it. `*` in the path may be any
 * name, and where the document begins is not known.
 */
export function couldMeet(fields: readonly FieldPath[], asked: readonly string[]): string | null {
  const path = asked.flatMap(namesOf);
  for (let end = 1; end <= path.length; end += 1) {
    const part = path.slice(0, end);
    for (const { names, text } of fields) {
      const start = end - names.length;
      const fits = names.every((name, index) => {
        const given = part[start + index];
        return given !== undefined && (given.includes('*') || fitsGlob(name, given));
      });
      if (start >= 0 && fits) return text;
    }
  }
  return null;
}
