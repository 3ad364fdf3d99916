import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { type Header, type RawMessage, textHeader } from '#lib/domain/message.ts';
import { encodeMessage, toDeadLetter } from '#server/brokers/sqs/sqs-messages.ts';

const utf8 = new TextEncoder();

function aMessage(changes: Partial<RawMessage> = {}): RawMessage {
  return { key: null, body: utf8.encode('{}'), headers: [], properties: [], ...changes };
}

function refusal(message: RawMessage): AppError {
  try {
    encodeMessage(message, undefined);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

/** What SQS documents as its characters. */
const sqsText = fc
  .string({ unit: 'binary', minLength: 1 })
  .filter((text) => /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]+$/u.test(text));
const attribute: fc.Arbitrary<Header['value']> = fc.oneof(
  sqsText.map((text) => ({ kind: 'text' as const, text, type: 'String.custom' })),
  fc.bigInt().map((value) => ({ kind: 'integer' as const, text: value.toString(), type: 'Number' })),
  fc.uint8Array({ minLength: 1 }).map((bytes) => ({ kind: 'bytes' as const, bytes, type: 'Binary.png' })),
);
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/);

describe('a message that SQS can carry', () => {
  test('comes back as it was sent, attribute by attribute', () => {
    fc.assert(
      fc.property(
        sqsText,
        fc.uniqueArray(fc.tuple(name, attribute), { maxLength: 10, selector: ([key]) => key }),
        (text, attributes) => {
          const headers = attributes.map(([key, value]): Header => ({ name: key, value }));
          const { entry } = encodeMessage(aMessage({ body: utf8.encode(text), headers }), 'dedup');
          const read = toDeadLetter(
            { MessageId: 'id', Body: entry.MessageBody ?? '', MessageAttributes: entry.MessageAttributes ?? {} },
            false,
          );
          expect(read.body).toEqual(utf8.encode(text));
          expect(read.headers).toEqual(headers);
        },
      ),
    );
  });

  test('counts body, names, types and values, as SQS does', () => {
    const { bytes } = encodeMessage(
      aMessage({ body: utf8.encode('äö'), headers: [textHeader('name', 'é')] }),
      undefined,
    );
    expect(bytes).toBe(4 + 4 + 'String'.length + 2);
  });

  test('takes its group and its trace from the properties, and nothing else', () => {
    const properties = [
      textHeader('MessageGroupId', 'g'),
      textHeader('AWSTraceHeader', 'Root=1'),
      textHeader('SenderId', 'x'),
      textHeader('MessageDeduplicationId', 'old'),
    ];
    expect(encodeMessage(aMessage({ properties }), 'new').entry).toEqual({
      MessageBody: '{}',
      MessageGroupId: 'g',
      MessageDeduplicationId: 'new',
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
    });
  });

  test('a byte order mark stays in the body', () => {
    expect(
      utf8.encode(
        encodeMessage(aMessage({ body: Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d) }), undefined).entry.MessageBody,
      ),
    ).toEqual(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d));
  });
});

describe('what SQS cannot carry is refused', () => {
  test.each<[string, Partial<RawMessage>, string]>([
    ['a key', { key: utf8.encode('k') }, 'unencodable'],
    ['no body', { body: null }, 'unencodable'],
    ['an empty body', { body: new Uint8Array() }, 'unencodable'],
    ['bytes that are not UTF-8', { body: Uint8Array.of(0xff) }, 'unencodable'],
    ['control characters', { body: Uint8Array.of(0x41, 0x00) }, 'unencodable'],
    ['an empty attribute', { headers: [textHeader('a', '')] }, 'unencodable'],
    ['a repeated attribute', { headers: [textHeader('a', '1'), textHeader('a', '2')] }, 'unencodable'],
    ['a null attribute', { headers: [{ name: 'a', value: { kind: 'null' } }] }, 'unencodable'],
    ['a name with a space', { headers: [textHeader('a b', 'x')] }, 'unencodable'],
    ['a name that is reserved', { headers: [textHeader('AWS.x', 'x')] }, 'rejected'],
    [
      'an eleventh attribute',
      { headers: Array.from({ length: 11 }, (_, index) => textHeader(`a${index}`, 'x')) },
      'rejected',
    ],
    ['more than 1 MiB', { body: new Uint8Array(1_048_577).fill(0x61) }, 'too_large'],
  ])('%s', (_, changes, code) => {
    expect(refusal(aMessage(changes)).code).toBe(code);
  });

  test('a name that JavaScript would lose is refused, and others that it has a meaning for are sent', () => {
    expect(refusal(aMessage({ headers: [textHeader('__proto__', 'x')] })).code).toBe('unencodable');
    const { entry } = encodeMessage(aMessage({ headers: [textHeader('constructor', 'x')] }), undefined);
    expect(entry.MessageAttributes).toEqual({ constructor: { DataType: 'String', StringValue: 'x' } });
  });

  test('no refusal repeats a value', () => {
    expect(refusal(aMessage({ headers: [textHeader('a', 'secret\u0000')] })).message).not.toContain('secret');
  });
});

describe('a dead letter', () => {
  const Attributes = { SentTimestamp: '1700000000000', MessageGroupId: 'g', SequenceNumber: '00000000000000000042' };

  test('of a FIFO queue has its group as lane and its number without zeros', () => {
    expect(toDeadLetter({ MessageId: 'id', Body: 'x', Attributes }, true)).toMatchObject({
      identity: 'id',
      position: 'id',
      lane: 'g',
      sequence: '42',
      brokerAt: 1_700_000_000_000,
    });
  });

  test('of a standard queue has no lane, even with a fair-queue group', () => {
    expect(toDeadLetter({ MessageId: 'id', Body: 'x', Attributes }, false)).toMatchObject({ lane: '', sequence: null });
  });

  test('keeps numbers as text', () => {
    const letter = toDeadLetter(
      {
        MessageId: 'id',
        Body: 'x',
        MessageAttributes: {
          n: { DataType: 'Number.int', StringValue: '9223372036854775807' },
          d: { DataType: 'Number', StringValue: '1.50' },
        },
      },
      false,
    );
    expect(letter.headers.map(({ value }) => value)).toEqual([
      { kind: 'integer', text: '9223372036854775807', type: 'Number.int' },
      { kind: 'decimal', text: '1.50', type: 'Number' },
    ]);
  });
});
