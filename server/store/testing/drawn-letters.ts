import { fc } from '#lib/testing/properties.ts';
import { deadLetterStates } from '#lib/domain/dead-letter.ts';
import type { Header, HeaderValue } from '#lib/domain/message.ts';
import { aLetter, type TestLetter } from '#server/store/testing/letters.ts';

const utf8 = new TextEncoder();

/** Few words and their pieces, so that filters and messages often meet. */
const words = [
  'Timeout',
  'timeout after',
  'ΟΔΟΣ',
  'οδος',
  'a"b',
  "o'clock",
  '%',
  '_x_',
  'Or',
  '😀😀😀',
  'x\0y',
  '\ud800',
  '',
  'ab',
  'abc',
  'ABCD',
] as const;
export const word = fc.constantFrom(...words);
const maybe = fc.option(word);

export const name = fc.constantFrom('tenant', 'a.b', 'x y', 'id', 'é', '', 'Items', '*');
const scalar = fc.oneof(
  word.map((text): HeaderValue => ({ kind: 'text', text })),
  word.map((text): HeaderValue => ({ kind: 'bytes', bytes: utf8.encode(text) })),
  fc.uint8Array({ maxLength: 9 }).map((bytes): HeaderValue => ({ kind: 'bytes', bytes })),
  fc.constantFrom('42', '-7', '12345678901234567890').map((text): HeaderValue => ({ kind: 'integer', text })),
  fc.constantFrom<HeaderValue>({ kind: 'null' }, { kind: 'boolean', value: true }, { kind: 'number', value: 4.2 }),
);

const header = fc.letrec<{ header: Header; value: HeaderValue }>((tie) => ({
  header: fc.record({ name, value: tie('value') }, { noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    scalar,
    fc.array(tie('header'), { maxLength: 2 }).map((entries): HeaderValue => ({ kind: 'table', entries })),
    fc.array(tie('value'), { maxLength: 2 }).map((items): HeaderValue => ({ kind: 'list', items })),
  ),
})).header;

/** Documents with few names and values; some with more than the index looks at, some that are no JSON. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 10, depthSize: 'small' },
    fc.oneof(word, fc.constantFrom(42, 4.2, -7, 0, true, false, null, 'true', '42')),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const written = json.map((value) => utf8.encode(JSON.stringify(value)));
const anyBody = fc.oneof(
  { weight: 8, arbitrary: written },
  { weight: 1, arbitrary: fc.constantFrom(null, new Uint8Array(), utf8.encode('{"id":42'), utf8.encode('no json')) },
  { weight: 1, arbitrary: written.map((document) => Uint8Array.of(0, 0, 0, 0, 7, ...document)) },
  {
    weight: 1,
    arbitrary: json.map((value) => utf8.encode(JSON.stringify([...Array<number>(130).fill(1), { id: value }]))),
  },
  {
    weight: 1,
    arbitrary: json.map((value) => utf8.encode(`${'{"id":'.repeat(9)}${JSON.stringify(value)}${'}'.repeat(9)}`)),
  },
);

/** What decoders would have made of bodies, some of which are still to be decoded. */
const anyDecoded = fc.option(
  fc.record({
    documents: fc.array(written, { maxLength: 2 }),
    missing: fc.constantFrom(null, null, 'schema' as const, 'limit' as const, 'time' as const),
  }),
  { nil: undefined, freq: 2 },
);

export const queues = ['sqs/filter-a', 'kafka/filter-a', 'kafka/filter-b'] as const;

const anyFields = fc.record({
  errorClass: maybe,
  errorMessage: fc.option(fc.tuple(word, word).map((pair) => pair.join(' '))),
  reason: maybe,
  attempts: fc.option(fc.nat(5)),
  keyText: maybe,
  keyDigest: maybe,
  eventType: maybe,
  eventId: maybe,
  correlationId: maybe,
  causationId: maybe,
  traceId: maybe,
  lastReplayId: maybe,
  returnOf: maybe,
  topic: maybe,
  preview: word,
  at: fc.integer({ min: 0, max: 50 }),
  originalAt: fc.option(fc.integer({ min: 0, max: 50 })),
  keptFrom: fc.option(fc.integer({ min: 1, max: 50 })),
  endsAt: fc.option(fc.integer({ min: 1, max: 50 })),
  sizeBytes: fc.nat(50),
  returns: fc.constantFrom(0, 0, 1, 2, 3, 5),
  fingerprint: fc.constantFrom('groupa', 'groupb'),
  state: fc.constantFrom(...deadLetterStates),
  queue: fc.constantFrom(...queues),
  headers: fc.array(header, { maxLength: 4 }),
  properties: fc.array(header, { maxLength: 2 }),
  body: anyBody,
  decoded: anyDecoded,
});

/** The same at every run. */
export function drawLetters(count: number): readonly (TestLetter & { readonly queue: string })[] {
  return fc.sample(anyFields, { numRuns: count, seed: 7 }).map((drawn, n) => {
    const {
      queue,
      errorClass,
      errorMessage,
      reason,
      attempts,
      returnOf,
      topic,
      headers,
      properties,
      body,
      decoded,
      ...fields
    } = drawn;
    const given = aLetter(`filter:${n}`, {
      ...fields,
      failure: { errorClass, errorMessage, stackTrace: null, reason, attempts },
      origin: {
        destination: topic === null ? null : { kind: 'kafka', topic, partition: null },
        failedIn: null,
        position: null,
      },
      replay: returnOf === null ? null : { replayId: returnOf, itemId: 'i', count: 1 },
    });
    const group = { ...given.group, id: fields.fingerprint };
    return { ...given, queue, group, raw: { ...given.raw, headers, properties, body }, decoded };
  });
}
