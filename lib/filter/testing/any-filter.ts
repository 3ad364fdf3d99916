import { fc } from '#lib/testing/properties.ts';
import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import { compareDecimals } from '#lib/filter/decimal.ts';
import { filterFields } from '#lib/filter/fields.ts';
import type { Filter, Parts, TextField, TimeRange, ValueField, ValueTest } from '#lib/filter/filter.ts';

/** What filters are about: few values where they should meet messages, any where they should only be read and written. */
export interface Drawn {
  /** What is looked for. */
  readonly value: fc.Arbitrary<string>;
  /** Of queues. */
  readonly pattern?: fc.Arbitrary<string>;
  /** Of headers, and of what a payload's path is made of. */
  readonly name?: fc.Arbitrary<string>;
  readonly fingerprint?: fc.Arbitrary<string>;
  readonly number?: fc.Arbitrary<number>;
  readonly instant?: fc.Arbitrary<number>;
}

/** Filters of every shape that `parse` can make, drawn from the registry of fields, so that a field that is added is tested at once. */
export function anyFilter({
  value,
  pattern = value,
  name = value,
  fingerprint = fc.stringMatching(/^[a-z0-9]{1,20}$/),
  number = fc.nat(),
  instant = fc.integer({ min: 0, max: 4_102_444_800_000 }),
}: Drawn): fc.Arbitrary<Filter> {
  const parts = fc
    .tuple(
      value,
      fc.array(
        value.filter((part) => part !== ''),
        { maxLength: 2 },
      ),
      value,
    )
    .map(([first, middle, last]): Parts => [first, ...middle, last]);
  const inText = (field: TextField): fc.Arbitrary<Filter> =>
    fc.oneof(
      value.map((text): Filter => ({ kind: 'contains', field, value: text })),
      parts
        .filter((each) => field !== 'text' || each.some((part) => part !== ''))
        .map((each): Filter => ({ kind: 'like', field, parts: each })),
    );
  const whole = (field: ValueField): fc.Arbitrary<Filter> =>
    fc.oneof(
      value.map((text): Filter => ({ kind: 'equals', field, value: text })),
      parts.map((each): Filter => ({ kind: 'matches', field, parts: each })),
    );
  const test = fc.oneof(
    value.map((text): ValueTest => ({ kind: 'is', value: text })),
    parts.map((each): ValueTest => ({ kind: 'matches', parts: each })),
    fc.constant<ValueTest>({ kind: 'matches', parts: ['', ''] }),
    anyRange,
  );

  const leaves = filterFields.map((field): fc.Arbitrary<Filter> => {
    switch (field.name) {
      case 'error':
      case 'origin':
        return inText(field.name);
      case 'key':
      case 'type':
        return fc.oneof(inText(field.name), whole(field.name));
      case 'class':
      case 'reason':
      case 'correlation':
      case 'causation':
      case 'event':
      case 'trace':
      case 'connection':
      case 'replay':
        return whole(field.name);
      case 'queue':
        return fc.oneof(
          pattern.map((text): Filter => ({ kind: 'queue', pattern: text.replaceAll(/\*+/g, '*') })),
          pattern.map((text): Filter => ({ kind: 'equals', field: field.name, value: text })),
        );
      case 'state':
        return fc.constantFrom(...deadLetterStates).map((state): Filter => ({ kind: 'state', state }));
      case 'group':
        return fc
          .array(fingerprint, { minLength: 1, maxLength: 3 })
          .map((fingerprints): Filter => ({ kind: 'group', fingerprints }));
      case 'header':
        return fc.tuple(name, test).map(([each, asked]): Filter => ({ kind: 'header', name: each, test: asked }));
      case 'payload':
        return fc
          .tuple(fc.array(name, { minLength: 1, maxLength: 3 }), test)
          .map(([path, asked]): Filter => ({ kind: 'payload', path, test: asked }));
      case 'attempts':
      case 'returns':
      case 'size':
        return spanOf(number, 0).map((span): Filter => ({ kind: 'number', field: field.name, ...span }));
      case 'at':
      case 'original':
      case 'expires':
        return spanOf(instant, 1).map((span): Filter => ({ kind: 'time', field: field.name, ...span }));
      case 'since':
      case 'until':
        return fc.constant<Filter>({ kind: 'all' });
    }
  });

  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 1, arbitrary: fc.constant<Filter>({ kind: 'all' }) },
      { weight: 8, arbitrary: fc.oneof(inText('text'), ...leaves) },
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

/** Open at one end, at both or at none; `apart` is how far the ends are from each other at least. */
function spanOf(end: fc.Arbitrary<number>, apart: number): fc.Arbitrary<TimeRange> {
  return fc.tuple(fc.option(end), fc.option(end)).map(([one, other]) => {
    if (one === null || other === null) return { from: one, to: other };
    return { from: Math.min(one, other), to: Math.max(one, other) + apart };
  });
}

const anyDecimal = fc.oneof(
  fc.integer({ min: -50, max: 50 }).map(String),
  fc.constantFrom('0.10', '-1.5e3', '12345678901234567890', '9007199254740993', '1e400'),
);

const anyRange: fc.Arbitrary<ValueTest> = fc.oneof(
  fc.tuple(anyDecimal, fc.boolean(), fc.boolean()).map(([value, inclusive, isFrom]): ValueTest => {
    const limit = { value, inclusive };
    return { kind: 'range', from: isFrom ? limit : null, to: isFrom ? null : limit };
  }),
  fc.tuple(anyDecimal, anyDecimal).map((ends): ValueTest => {
    const [from = '0', to = '0'] = ends.toSorted((a, b) => compareDecimals(a, b) ?? 0);
    return { kind: 'range', from: { value: from, inclusive: true }, to: { value: to, inclusive: true } };
  }),
);
