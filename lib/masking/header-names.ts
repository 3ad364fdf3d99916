/** What is asked for has no more: tables are looked into eight deep, and their names are short. */
const partsMax = 20;
const lengthMax = 1_000;

/**
 * The names under which an entry of a header's table, or a table around it, may be masked: `x-death.user.name` is within `x-death`, and is called
 * `name`; a name may have dots of its own. `null` where there are too many to look at.
 */
export function everyHeaderName(path: string): HeaderNames | null {
  const parts = path.split('.');
  if (parts.length > partsMax || path.length > lengthMax) return null;
  const spansTo = (end: number) => parts.slice(0, end).map((_, start) => parts.slice(start, end).join('.'));
  const around = parts.slice(0, -1).flatMap((_, index) => spansTo(index + 1));
  return { around: [...new Set(around)], own: [...new Set(spansTo(parts.length))] };
}

interface HeaderNames {
  /** Of what it stands in, if its name has no dots of its own. */
  readonly around: readonly string[];
  readonly own: readonly string[];
}
