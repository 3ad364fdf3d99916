import { toggleTerm } from '#components/filter-bar/prepare-filter.ts';
import type { FacetField } from '#components/queries/facets.ts';
import type { DeadLetterState } from '#lib/domain/dead-letter.ts';
import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { parse } from '#lib/filter/parse.ts';
import { serialise } from '#lib/filter/serialise.ts';
import { FilterSyntaxError, tokenise, type Token } from '#lib/filter/tokens.ts';

/** The term that narrows a filter to one group, merged ones included. */
export function groupTerm(fingerprint: string): string {
  return serialise({ kind: 'group', fingerprints: [fingerprint] });
}

/** The term that narrows a filter to one value of a facet; `null` where the filter has no words for it. */
export function facetValueTerm(field: FacetField, value: string): string | null {
  const condition = facetCondition(field, value);
  return condition && serialise(condition);
}

function facetCondition(field: FacetField, value: string): Filter | null {
  switch (field) {
    case 'state': {
      const state = deadLetterStates.find((each): each is DeadLetterState => each === value);
      return state ? { kind: 'state', state } : null;
    }
    case 'origin':
      return { kind: 'contains', field, value };
    case 'queue':
    case 'class':
    case 'type':
    case 'key':
      return { kind: 'equals', field, value };
  }
}

/**
 * A filter without its terms of one field, and their values: what a list of all groups asks for while one of them is chosen. Only terms that
 * hold for the whole filter are taken out, so within an OR, parentheses or behind a minus they stay.
 */
export function withoutField(
  typed: string,
  field: string,
): { readonly rest: string; readonly values: readonly string[] } {
  const all = { rest: typed, values: [] };
  const tokens = tokensOf(typed);
  const top = atTop(tokens);
  if (top.some(({ token }) => token.kind === 'or')) return all;
  const found = top.filter(
    ({ token, before }) => token.kind === 'field' && token.name.toLowerCase() === field && before?.kind !== 'minus',
  );
  if (found.length === 0) return all;
  let rest = typed;
  for (const { token } of found.toReversed())
    rest = `${rest.slice(0, token.position)}${rest.slice(token.position + token.length)}`;
  rest = rest.replaceAll(/^\s+|\s+$/g, '');
  // What joined a term to its neighbour may be left over.
  if ('error' in parse(rest, { now: 0 })) return all;
  return {
    rest,
    values: found.flatMap(({ token }) =>
      token.kind === 'field' && token.value !== null ? token.value.parts.join('*').split(',') : [],
    ),
  };
}

/** The filter after a press on a group: that group alone, or none again where it was the one. */
export function toggleGroup(typed: string, fingerprint: string): string {
  const { rest, values } = withoutField(typed, 'group');
  return values.length === 1 && values[0] === fingerprint ? rest : toggleTerm(rest, groupTerm(fingerprint));
}

interface Placed {
  readonly token: Token;
  readonly before: Token | undefined;
}

/** The tokens that stand in no parentheses. */
function atTop(tokens: readonly Token[]): readonly Placed[] {
  let depth = 0;
  const top: Placed[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'open') depth += 1;
    else if (token.kind === 'close') depth -= 1;
    else if (depth === 0) top.push({ token, before: tokens[index - 1] });
  }
  return top;
}

function tokensOf(typed: string): readonly Token[] {
  try {
    return tokenise(typed);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return [];
    throw error;
  }
}
