import fc from 'fast-check';
import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import { filterFields } from '#lib/filter/fields.ts';
import type { Filter } from '#lib/filter/filter.ts';

/**
 * Filters of every shape that `parse` can make, drawn from the registry of fields, so that a field that is added is tested at once.
 * `value` draws what is looked for.
 */
export function anyFilter(value: fc.Arbitrary<string>, pattern: fc.Arbitrary<string> = value): fc.Arbitrary<Filter> {
  const leaves = filterFields.flatMap((field): fc.Arbitrary<Filter>[] => {
    switch (field.name) {
      case 'error':
        return [value.map((text): Filter => ({ kind: 'contains', field: field.name, value: text }))];
      case 'key':
      case 'type':
        return [
          value.map((text): Filter => ({ kind: 'contains', field: field.name, value: text })),
          value.map((text): Filter => ({ kind: 'equals', field: field.name, value: text })),
        ];
      case 'class':
      case 'correlation':
      case 'event':
      case 'connection':
      case 'replay':
        return [value.map((text): Filter => ({ kind: 'equals', field: field.name, value: text }))];
      case 'queue':
        return [
          pattern.map((text): Filter => ({ kind: 'queue', pattern: text })),
          pattern.map((text): Filter => ({ kind: 'equals', field: field.name, value: text })),
        ];
      case 'state':
        return [fc.constantFrom(...deadLetterStates).map((state): Filter => ({ kind: 'state', state }))];
      case 'since':
      case 'until':
        return [];
    }
  });
  const text = value.map((word): Filter => ({ kind: 'contains', field: 'text', value: word }));

  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 1, arbitrary: fc.constant<Filter>({ kind: 'all' }) },
      { weight: 6, arbitrary: fc.oneof(text, ...leaves) },
      { weight: 1, arbitrary: tie('filter').map((term): Filter => ({ kind: 'not', term })) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(
            fc.constantFrom('and' as const, 'or' as const),
            fc.array(tie('filter'), { minLength: 2, maxLength: 4 }),
          )
          .map(([kind, terms]): Filter => ({ kind, terms })),
      },
    ),
  })).filter;
}
