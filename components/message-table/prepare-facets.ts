import type { ErrorsResponse } from '#lib/api/messages.ts';

export interface Facet {
  readonly errorClass: string | null;
  /** An example: the text of the most frequent one. */
  readonly errorMessage: string | null;
  readonly reason: string | null;
  readonly count: number;
  readonly lastAt: number;
  /** How many different texts are behind it. */
  readonly texts: number;
}

/** The errors as a reader can filter by them: one for each class; those without a class stay as they are. Most frequent first. */
export function facetsOf(errors: ErrorsResponse['errors']): readonly Facet[] {
  const byClass = new Map<string, Facet>();
  const facets: Facet[] = [];
  for (const error of errors) {
    if (error.errorClass === null) {
      facets.push({ ...error, texts: 1 });
      continue;
    }
    const known = byClass.get(error.errorClass);
    byClass.set(
      error.errorClass,
      known
        ? {
            ...known,
            count: known.count + error.count,
            lastAt: Math.max(known.lastAt, error.lastAt),
            texts: known.texts + 1,
          }
        : { ...error, texts: 1 },
    );
  }
  return [...facets, ...byClass.values()].toSorted((a, b) => b.count - a.count);
}
