import type { Filter } from '#lib/filter/filter.ts';

/** Matches nothing. */
export const nothing: Filter = { kind: 'not', term: { kind: 'all' } };

export function isNothing(filter: Filter): boolean {
  return filter.kind === 'not' && filter.term.kind === 'all';
}

/**
 * What is left of a filter when some of its parts are known: `known` answers true or false for a leaf whose answer is settled, else `null`.
 * The result means the same for everything for which those answers hold; `all` and `nothing` stand only at its top.
 */
export function simplify(filter: Filter, known: (leaf: Filter) => boolean | null): Filter {
  switch (filter.kind) {
    case 'all':
      return filter;
    case 'not': {
      const term = simplify(filter.term, known);
      if (term.kind === 'all') return nothing;
      if (isNothing(term)) return { kind: 'all' };
      return { kind: 'not', term };
    }
    case 'and':
    case 'or': {
      const neutral = filter.kind === 'and' ? isAll : isNothing;
      const absorbing = filter.kind === 'and' ? isNothing : isAll;
      const terms = filter.terms.map((term) => simplify(term, known)).filter((term) => !neutral(term));
      const decided = terms.find(absorbing);
      if (decided) return decided;
      const [only] = terms;
      if (!only) return filter.kind === 'and' ? { kind: 'all' } : nothing;
      return terms.length === 1 ? only : { kind: filter.kind, terms };
    }
    case 'contains':
    case 'like':
    case 'equals':
    case 'matches':
    case 'queue':
    case 'state':
    case 'group':
    case 'number':
    case 'time':
    case 'header':
    case 'payload': {
      const answer = known(filter);
      if (answer === null) return filter;
      return answer ? { kind: 'all' } : nothing;
    }
  }
}

function isAll(filter: Filter): boolean {
  return filter.kind === 'all';
}
