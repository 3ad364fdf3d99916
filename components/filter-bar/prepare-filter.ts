import type { GroupRow } from '#lib/api/groups.ts';
import { parse } from '#lib/filter/parse.ts';
import { serialise } from '#lib/filter/serialise.ts';

export interface FilterProblem {
  readonly message: string;
  /** Where it goes wrong, for pointing at it. */
  readonly before: string;
  readonly at: string;
  readonly after: string;
}

const excerptMax = 60;

/** What is wrong with the filter as typed; `null` where it can be read. */
export function filterProblem(typed: string): FilterProblem | null {
  // Only whether it can be read matters here, so any instant will do for "since:2h".
  const parsed = parse(typed, { now: 0 });
  if (!('error' in parsed)) return null;
  const { message, position, length } = parsed.error;
  const end = position + Math.max(1, length);
  return {
    message,
    before: typed.slice(0, position).slice(-excerptMax),
    at: typed.slice(position, end).slice(0, excerptMax),
    after: typed.slice(end).slice(0, excerptMax),
  };
}

/**
 * What the page asks for: this queue, and within it what the reader typed. It stays text, because "since:2h" must move with the clock:
 * made into a tree here, it would be frozen and be another question at every drawing.
 */
export function queueFilter(queueId: string, typed: string): string {
  const queue = serialise({ kind: 'equals', field: 'queue', value: queueId });
  if (typed.trim() === '') return queue;
  const parsed = parse(typed, { now: 0 });
  const isAlternative = !('error' in parsed) && parsed.filter.kind === 'or';
  return isAlternative ? `${queue} (${typed})` : `${queue} ${typed}`;
}

/** The term that narrows a filter to one error of the side list; `null` where the filter has no words for it. */
export function facetTerm(facet: Pick<GroupRow, 'errorClass' | 'errorMessage'>): string | null {
  if (facet.errorClass !== null) return serialise({ kind: 'equals', field: 'class', value: facet.errorClass });
  if (facet.errorMessage !== null) return serialise({ kind: 'contains', field: 'error', value: facet.errorMessage });
  return null;
}

export function hasTerm(typed: string, term: string): boolean {
  return ` ${typed} `.includes(` ${term} `);
}

/** With the term, once. */
export function withTerm(typed: string, term: string): string {
  return hasTerm(typed, term) ? typed : toggleTerm(typed, term);
}

/** Adds the term, or takes it away where it stands as a term of its own. */
export function toggleTerm(typed: string, term: string): string {
  if (hasTerm(typed, term)) return ` ${typed} `.replace(` ${term} `, ' ').trim();
  if (typed.trim() === '') return term;
  const parsed = parse(typed, { now: 0 });
  const isAlternative = !('error' in parsed) && parsed.filter.kind === 'or';
  return isAlternative ? `(${typed.trim()}) ${term}` : `${typed.trim()} ${term}`;
}
