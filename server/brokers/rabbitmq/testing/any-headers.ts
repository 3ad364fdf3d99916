import { fc } from '#lib/testing/properties.ts';
import type { Header, HeaderValue } from '#lib/domain/message.ts';

function integers(type: string, bits: number, signed: boolean): fc.Arbitrary<HeaderValue> {
  const [min, max] = signed ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n];
  return fc.bigInt({ min, max }).map((value) => ({ kind: 'integer', text: String(value), type }));
}

const notUtf8 = fc.uint8Array().map((bytes) => Uint8Array.of(0xff, ...bytes));

export const leaf: fc.Arbitrary<HeaderValue> = fc.oneof(
  fc.constant({ kind: 'null' } as const),
  fc.boolean().map((value) => ({ kind: 'boolean', value }) as const),
  fc.string({ unit: 'grapheme' }).map((text) => ({ kind: 'text', text, type: 'longstr' }) as const),
  notUtf8.map((bytes) => ({ kind: 'bytes', bytes, type: 'longstr' }) as const),
  fc.uint8Array().map((bytes) => ({ kind: 'bytes', bytes, type: 'binary' }) as const),
  fc.double({ noNaN: true }).map((value) => ({ kind: 'number', value, type: 'double' }) as const),
  fc.float({ noNaN: true }).map((value) => ({ kind: 'number', value, type: 'float' }) as const),
  fc
    .bigInt({ min: 0n, max: 2n ** 64n - 1n })
    .map((value) => ({ kind: 'timestamp', text: String(value), unit: 's' }) as const),
  fc
    .tuple(fc.nat({ max: 0xffff_ffff }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, places]) => decimal(digits, places)),
  ...[8, 16, 32, 64].map((bits) => integers(`int${bits}`, bits, true)),
  ...[8, 16, 32].map((bits) => integers(`uint${bits}`, bits, false)),
);

function decimal(digits: number, places: number): HeaderValue {
  const text = String(digits).padStart(places + 1, '0');
  return {
    kind: 'decimal',
    text: places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`,
    type: 'decimal',
  };
}

export const name = fc.string({ maxLength: 60 });

const { value: anyValue } = fc.letrec<{ value: HeaderValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }).map((items) => ({ kind: 'list', items }) as const),
    fc
      .array(fc.record({ name, value: tie('value') }), { maxLength: 4 })
      .map((entries) => ({ kind: 'table', entries }) as const),
  ),
}));

/** Of every type that RabbitMQ has, nested and with repeated names. */
export const anyHeaders: fc.Arbitrary<Header[]> = fc.array(fc.record({ name, value: anyValue }), { maxLength: 8 });

const text = fc.string({ maxLength: 60 }).map((value) => ({ kind: 'text', text: value }) as const);
const octet = fc.nat({ max: 255 }).map((value) => ({ kind: 'integer', text: String(value) }) as const);

export const anyProperties: fc.Arbitrary<Header[]> = fc
  .record(
    { 'content-type': text, 'delivery-mode': octet, priority: octet, 'message-id': text, type: text, 'app-id': text },
    { requiredKeys: [] },
  )
  .map((chosen) => Object.entries(chosen).map(([property, value]) => ({ name: property, value })));
