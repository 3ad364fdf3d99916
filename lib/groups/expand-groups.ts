import type { Filter } from '#lib/filter/filter.ts';

/** The groups that a filter asks for, each once. */
export function groupsAskedFor(filter: Filter): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [...new Set(filter.terms.flatMap(groupsAskedFor))];
    case 'not':
      return groupsAskedFor(filter.term);
    case 'group':
      return [...new Set(filter.fingerprints)];
    default:
      return [];
  }
}

/** Puts in what else a group consists of: who asks for a group means all that was merged into it, and all that was split off it. */
export function expandGroups(filter: Filter, partsOf: (fingerprint: string) => readonly string[]): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { ...filter, terms: filter.terms.map((term) => expandGroups(term, partsOf)) };
    case 'not':
      return { ...filter, term: expandGroups(filter.term, partsOf) };
    case 'group':
      return {
        ...filter,
        fingerprints: [...new Set(filter.fingerprints.flatMap((each) => [each, ...partsOf(each)]))],
      };
    default:
      return filter;
  }
}
