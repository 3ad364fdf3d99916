import { fc } from '#lib/testing/properties.ts';
import type { Header, HeaderValue, RawDeadLetter } from '#lib/domain/message.ts';

/** Text that brokers and attackers send: unpaired surrogates, NUL, right-to-left, astral, long runs. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '\0',
    'a\0b',
    '\ud800',
    'x\udc00y',
    '\u202eevil\u202c',
    '😀',
    'ΟΔΟΣ',
    'İstanbul',
    '"quoted" \\',
    "'; DROP TABLE messages; --",
    '%_*',
    '\uffff',
  ),
);

/** Plain objects, as everyone else makes them: fast-check's own records have no prototype. */
function record<Shape>(fields: { [Name in keyof Shape]: fc.Arbitrary<Shape[Name]> }): fc.Arbitrary<Shape> {
  return fc.record(fields, { noNullPrototype: true });
}

const bytes = fc.uint8Array({ maxLength: 40 });
const typed = <Shape extends object>(shape: fc.Arbitrary<Shape>, ...types: string[]) =>
  fc
    .tuple(shape, fc.option(fc.constantFrom(...types), { nil: undefined }))
    .map(([value, type]) => (type === undefined ? value : { ...value, type }));

export const { header: anyHeader, value: anyHeaderValue } = fc.letrec<{ header: Header; value: HeaderValue }>(
  (tie) => ({
    header: fc
      .record({ name: hostileText, value: tie('value'), latin1: fc.boolean() })
      .map(({ name, value, latin1 }): Header => (latin1 ? { name, value, nameIsLatin1: true } : { name, value })),
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant<HeaderValue>({ kind: 'null' }),
      typed(record({ kind: fc.constant('bytes' as const), bytes }), 'Binary', 'Binary.gif'),
      typed(record({ kind: fc.constant('text' as const), text: hostileText }), 'longstr', 'String'),
      typed(record({ kind: fc.constant('integer' as const), text: fc.bigInt().map(String) }), 'int64', 'Number.int'),
      typed(
        record({ kind: fc.constant('decimal' as const), text: fc.constantFrom('0.10', '-12345678901234567890.5') }),
        'decimal',
        'Number',
      ),
      typed(record({ kind: fc.constant('number' as const), value: fc.double() }), 'double', 'float'),
      record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
      record({
        kind: fc.constant('timestamp' as const),
        text: fc.bigInt().map(String),
        unit: fc.constantFrom('s' as const, 'ms' as const),
      }),
      record({ kind: fc.constant('table' as const), entries: fc.array(tie('header'), { maxLength: 3 }) }),
      record({ kind: fc.constant('list' as const), items: fc.array(tie('value'), { maxLength: 3 }) }),
    ),
  }),
);

export const anyRawDeadLetter: fc.Arbitrary<RawDeadLetter> = record({
  key: fc.option(bytes),
  body: fc.option(bytes),
  headers: fc.array(anyHeader, { maxLength: 5 }),
  properties: fc.array(anyHeader, { maxLength: 5 }),
  identity: hostileText,
  position: hostileText,
  lane: hostileText,
  sequence: fc.option(fc.bigInt({ min: 0n }).map(String)),
  brokerAt: fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 })),
});
