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

const unknown = () => null;

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
