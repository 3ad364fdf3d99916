import { brotliCompressSync, constants, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Header, HeaderValue, RawDeadLetter } from '#lib/domain/message.ts';
import { aDeadLetter, type DeadLetterBuilder } from '#lib/testing/a-dead-letter.ts';

/** Everything bad that a message can be, by name. `bigger` is more than a Kafka broker takes as it comes out of the box. */
export interface BadLetter {
  readonly name: string;
  readonly raw: RawDeadLetter;
  readonly bigger: boolean;
}

const script = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'`${7*7}{{7*7}}';
/** Turns the direction of text, hides letters, and ends a line for some. */
const hidden = 'a\u202etxet\u202c\u200b\u200d\ufeff\u2066x\u2069\u2028\u0000\u001b[31m';
const mebibyte = 1024 * 1024;

const bytes = (text: string) => new TextEncoder().encode(text);
const letter = () => aDeadLetter().fromOwnConvention();

/** The same text in every place that a message has for texts. */
function everywhere(text: string): DeadLetterBuilder {
  const fields = ['id', 'type', 'eventType', 'correlationId', 'traceparent', 'subject'];
  const marked = letter()
    .withKey(text)
    .withBody(JSON.stringify(Object.fromEntries([...fields, text].map((name) => [name, text]))))
    .withHeader(text, text)
    .withHeader('correlation-id', text)
    .withHeader('causation-id', text);
  return [
    'dlq-error',
    'dlq-error-class',
    'dlq-stack',
    'dlq-original-topic',
    'dlq-original-partition',
    'dlq-reason',
  ].reduce((builder, name) => builder.withHeader(name, text), marked);
}

function nested(levels: number): HeaderValue {
  let value: HeaderValue = { kind: 'text', text: 'bottom' };
  for (let level = 0; level < levels; level += 1) {
    value = level % 2 === 0 ? { kind: 'list', items: [value] } : { kind: 'table', entries: [{ name: 'in', value }] };
  }
  return value;
}

/** `frames` are payloads of the registry under test: one that is whole, which is then cut. */
export function badLetters(frames: { readonly avro: Uint8Array }): readonly BadLetter[] {
  const zeros = Buffer.alloc(100 * mebibyte);
  const headers = Array.from({ length: 500 }, (_, n): Header => ({
    name: `h-${n}`,
    value: { kind: 'bytes', bytes: bytes(`v-${n}`) },
  }));
  const big = (name: string) => letter().withHeader(name, 'x\n\tat a.b.C.d(C.java:1)\n'.repeat(mebibyte / 23));
  const broken = Buffer.concat([bytes('{"a text of some length":"'), Uint8Array.of(0xff, 0xfe), bytes('"}')]);
  const small: Readonly<Record<string, DeadLetterBuilder>> = {
    'broken UTF-8': letter()
      .withBody(broken)
      .withHeader('b', { kind: 'bytes', bytes: broken })
      .withHeader('dlq-error', { kind: 'bytes', bytes: broken }),
    'cut Avro': letter().withBody(frames.avro.subarray(0, frames.avro.length - 5)),
    'unknown schema': letter().withBody(Uint8Array.of(0, 0x3b, 0x9a, 0xc9, 0xff, 1, 2, 3)),
    'schema 0': letter().withBody(Uint8Array.of(0, 0, 0, 0, 0, 1)),
    'deep objects': letter().withBody(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
    'deep lists': letter().withBody(`${'['.repeat(10_000)}1${']'.repeat(10_000)}`),
    'deep and open': letter().withBody('{"a":['.repeat(50_000)),
    'gzip bomb': letter().withBody(gzipSync(zeros)).withHeader('content-encoding', 'gzip'),
    'deflate bomb': letter().withBody(deflateRawSync(zeros)).withHeader('content-encoding', 'deflate'),
    'zstd bomb': letter().withBody(zstdCompressSync(zeros)).withHeader('content-encoding', 'zstd'),
    'brotli bomb': letter()
      .withBody(brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }))
      .withHeader('content-encoding', 'br'),
    'bomb in a bomb': letter()
      .withBody(gzipSync(gzipSync(zeros)))
      .withHeader('content-encoding', 'gzip, gzip'),
    '500 headers': headers.reduce((builder, { name, value }) => builder.withHeader(name, value), letter()),
    '200 times one header': Array.from({ length: 200 }).reduce<DeadLetterBuilder>(
      (builder) => builder.withHeader('dlq-error', 'again'),
      letter(),
    ),
    'script everywhere': everywhere(script),
    'hidden signs everywhere': everywhere(hidden),
    'a long word everywhere': everywhere('w'.repeat(20_000)),
    'nothing at all': aDeadLetter().withKey('').withBody(new Uint8Array()).withHeader('', ''),
    tombstone: letter().withBody(null).withKey(null),
    'numbers beyond': letter().withBody(
      '{"a":1e400,"b":-0,"c":123456789012345678901234567890.10,"__proto__":{"x":1},"constructor":1}',
    ),
    'said to be of 1970': letter().withHeader('dlq-timestamp', '0'),
    'said to be of 2100': letter().withHeader('dlq-timestamp', String(Date.UTC(2100, 0, 1))),
    'said to be of never': letter()
      .withHeader('dlq-timestamp', '-1')
      .withHeader('dlq-failed-at', '+275760-09-13T00:00:00.001Z'),
  };
  const large: Readonly<Record<string, DeadLetterBuilder>> = {
    '10 MB of JSON': letter().withBody(`{"lines":[${'"a line of text",'.repeat(600_000)}1]}`),
    '10 MB in one text': letter().withBody(JSON.stringify({ text: 'x'.repeat(10 * mebibyte) })),
    '10 MB of brackets': letter().withBody('['.repeat(10 * mebibyte)),
    'an error of 1 MB': big('dlq-error'),
    'a stack of 1 MB': big('dlq-stack'),
    'a header of 1 MB': big('x-business'),
    'a name of 1 MB': letter().withHeader('n'.repeat(mebibyte), 'v'),
    'headers within headers': letter().withHeader('x-death', nested(500)).withHeader('x-table', nested(500)),
    'half a character': letter()
      .withHeader('x-half', { kind: 'text', text: 'a\ud800b' })
      .withHeader('\udfff', { kind: 'text', text: '\ud800' }),
    'of 1970': aDeadLetter().at(0),
    'of 2100': aDeadLetter().at(Date.UTC(2100, 0, 1)),
    'of nanoseconds': aDeadLetter().at(1_795_318_860_000_000_000),
  };
  const named = (letters: Readonly<Record<string, DeadLetterBuilder>>, bigger: boolean) =>
    Object.entries(letters).map(([name, builder]) => ({ name, raw: builder.withHeader('marker', name).raw(), bigger }));
  return [...named(small, false), ...named(large, true)];
}
