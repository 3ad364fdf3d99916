import { fc } from '#lib/testing/properties.ts';
import { type RawField, short, sized } from '#server/replay/testing/raw-amqplib.ts';

/** Every type of AMQP's header tables as it stands on the wire, drawn at random and once each with its outermost values. */

const field = (tag: string, bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from(tag), bytes]);
const long = (tag: string, bytes: Uint8Array): Buffer => field(tag, sized(Buffer.from(bytes)));
export const longstr = (text: string): Buffer => long('S', Buffer.from(text));

export const named = (name: string, value: Buffer): RawField => ({ name: Buffer.from(name), value });
export const table = (...fields: readonly RawField[]): Buffer =>
  long('F', Buffer.concat(fields.flatMap(({ name, value }) => [Buffer.of(name.length), name, value])));
export const list = (...values: readonly Buffer[]): Buffer => long('A', Buffer.concat(values));

function float(tag: 'f' | 'd', number: number): Buffer {
  const bytes = Buffer.alloc(tag === 'f' ? 4 : 8);
  if (tag === 'f') bytes.writeFloatBE(number);
  else bytes.writeDoubleBE(number);
  return field(tag, bytes);
}

const outermost: Readonly<Record<string, readonly string[]>> = {
  t: ['00', '01'],
  b: ['80', '7f', 'ff'],
  B: ['00', '80', 'ff'],
  s: ['8000', '7fff', '0001'],
  u: ['ffff', '0000'],
  I: ['80000000', '7fffffff', '00000001'],
  i: ['ffffffff', '00000000'],
  // 2^53 + 1 and its like: no JavaScript number is one of these.
  l: ['0020000000000001', '7fffffffffffffff', '8000000000000000', 'ffdfffffffffffff', '0000000000000001'],
  D: ['0200000c7b', '0000000001', '0a00000001', 'ff00000000'],
  T: ['0000000069223b00', '0000000000000000', '00ffffffffffffff'],
  V: [''],
};

export const everyType: readonly RawField[] = [
  ...Object.entries(outermost).flatMap(([tag, values]) =>
    values.map((hex, index) => named(`${tag}-${index}`, field(tag, Buffer.from(hex, 'hex')))),
  ),
  ...[0.1, -1.5, 3, 3.4e38, 1e-45].map((number, index) => named(`f-${index}`, float('f', number))),
  ...[0.1, 3, -2.5e-300, Number.MAX_VALUE, Number.MIN_VALUE].map((number, index) =>
    named(`d-${index}`, float('d', number)),
  ),
  named('text', longstr('größe 👍')),
  named('empty', longstr('')),
  named('no text', long('S', Uint8Array.of(0xff, 0xfe, 0x41, 0xc3, 0x28))),
  named('bytes', long('x', Uint8Array.of(0, 1, 0xff))),
  named('no bytes', long('x', Uint8Array.of())),
  named('nothing in it', table()),
  named('empty list', list()),
  named(
    'nested',
    table(named('b', longstr('x')), named('a', list(field('V', Buffer.alloc(0)), table(named('z', float('d', 1)))))),
  ),
  named(
    'deep',
    Array.from({ length: 30 }).reduce<Buffer>((inner) => list(table(named('in', inner))), longstr('bottom')),
  ),
];

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const scalar = fc.oneof(
  fc.boolean().map((value) => field('t', Uint8Array.of(value ? 1 : 0))),
  ...Object.entries({ b: 1, B: 1, s: 2, u: 2, I: 4, i: 4, l: 8 }).map(([tag, length]) =>
    bytesOf(length).map((bytes) => field(tag, bytes)),
  ),
  fc.tuple(fc.nat({ max: 20 }), bytesOf(4)).map(([places, digits]) => field('D', Uint8Array.of(places, ...digits))),
  // RabbitMQ knows neither infinity nor what is no number.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => float('d', number)),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((number) => float('f', number)),
  bytesOf(7).map((bytes) => field('T', Uint8Array.of(0, ...bytes))),
  fc.constant(field('V', Uint8Array.of())),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map(longstr),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => long('S', bytes)),
  fc.uint8Array({ maxLength: 30 }).map((bytes) => long('x', bytes)),
);

/** RabbitMQ 4 keeps the first of each name, so each is there once. */
const fieldsOf = (value: fc.Arbitrary<Buffer>, maxLength: number): fc.Arbitrary<readonly RawField[]> =>
  fc
    .uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }), value), {
      maxLength,
      selector: ([name]) => name,
    })
    .map((entries) => entries.map(([name, each]) => named(name, each)));

const nested = fc.oneof(
  { arbitrary: scalar, weight: 4 },
  { arbitrary: fc.array(scalar, { maxLength: 4 }).map((values) => list(...values)), weight: 1 },
  { arbitrary: fieldsOf(scalar, 4).map((fields) => table(...fields)), weight: 1 },
);

export const headersArbitrary = fieldsOf(nested, 10);

const word = fc.string({ unit: 'grapheme', maxLength: 20 }).map(short);

/** Not `user-id` and `expiration`, which RabbitMQ looks into. */
export const propertiesArbitrary = fc.record(
  {
    'content-type': word,
    'content-encoding': word,
    'delivery-mode': fc.constantFrom(1, 2).map((mode) => Buffer.of(mode)),
    priority: fc.nat({ max: 255 }).map((priority) => Buffer.of(priority)),
    'correlation-id': word,
    'reply-to': word,
    'message-id': word,
    timestamp: bytesOf(7).map((bytes) => Buffer.from([0, ...bytes])),
    type: word,
    'app-id': word,
    'cluster-id': word,
  },
  { requiredKeys: [] },
);
