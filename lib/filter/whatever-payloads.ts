import type { Filter } from '#lib/filter/filter.ts';
import { nothing, simplify } from '#lib/filter/simplify.ts';

/** Whether a filter looks into payloads. */
export function asksPayload(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.some(asksPayload);
    case 'not':
      return asksPayload(filter.term);
    default:
      return filter.kind === 'payload';
  }
}

/** What a filter means of a message whose payload nobody knows: it meets no others than `most`, and those of `least` whatever they hold. */
export function whateverPayloads(filter: Filter): { readonly most: Filter; readonly least: Filter } {
  return { most: simplify(supposed(filter, true), unknown), least: simplify(supposed(filter, false), unknown) };
}

/** The same of a message of whose payload a part is known: what is known to be in it is in it. */
export function whateverElse(filter: Filter): { readonly may: Filter; readonly surely: Filter } {
  return {
    may: simplify(withoutAbsence(filter, true), unknown),
    surely: simplify(withoutAbsence(filter, false), unknown),
  };
}

/**
 * Met by those messages only that the filter meets whatever else their payloads hold: what is known to be in a payload is in it, but nobody knows what
 * is not. `null` where that is the filter itself: it asks for no payload below a negation.
 */
export function surelyMet(filter: Filter): Filter | null {
  const doubted = withoutAbsence(filter, false);
  return doubted === filter ? null : simplify(doubted, unknown);
}

const unknown = () => null;

/** Every condition on the payload below a negation holds, so that what hangs on its absence is not met. The same object where there is none. */
function withoutAbsence(filter: Filter, negated: boolean): Filter {
  switch (filter.kind) {
    case 'payload':
      return negated ? { kind: 'all' } : filter;
    case 'not': {
      const term = withoutAbsence(filter.term, !negated);
      return term === filter.term ? filter : { kind: 'not', term };
    }
    case 'and':
    case 'or': {
      const terms = filter.terms.map((term) => withoutAbsence(term, negated));
      return terms.every((term, at) => term === filter.terms[at]) ? filter : { kind: filter.kind, terms };
    }
    default:
      return filter;
  }
}

/** Every condition on the payload holds, or none does; below a negation the other way round. */
function supposed(filter: Filter, holds: boolean): Filter {
  switch (filter.kind) {
    case 'payload':
      return holds ? { kind: 'all' } : nothing;
    case 'not':
      return { kind: 'not', term: supposed(filter.term, !holds) };
    case 'and':
    case 'or':
      return { kind: filter.kind, terms: filter.terms.map((term) => supposed(term, holds)) };
    default:
      return filter;
  }
}
