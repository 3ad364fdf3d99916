import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import { fc } from '#lib/testing/properties.ts';
import { afterAll, describe, expect, it } from 'vitest';
import type { Header, RawMessage } from '#lib/domain/message.ts';
import { textHeader } from '#lib/domain/message.ts';
import { parse } from '#lib/filter/parse.ts';
import { payloadHas } from '#lib/filter/payload-values.ts';
import type { MaskingSettings } from '#lib/masking/masking.ts';
import { createBodyDecoder, type BodyDecoderOptions } from '#server/payload/create-body-decoder.ts';
import type { SchemaAnswer } from '#server/payload/decoder.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { isPlainBody } from '#server/payload/plain-body.ts';
import { foreignNames, foreignPayload } from '#server/payload/testing/foreign-payload.ts';

const utf8 = new TextEncoder();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function message(body: Uint8Array | string | null, ...headers: readonly Header[]): RawMessage {
  return { key: null, body: typeof body === 'string' ? utf8.encode(body) : body, headers, properties: [] };
}

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

function decoderOf(options: Partial<BodyDecoderOptions> = {}) {
  const decoder = createBodyDecoder({ registries: new Map(), ...options });
  closing.push(() => decoder.close());
  return decoder;
}

const usual = decoderOf();

async function decodedOf(given: RawMessage, decoder = usual) {
  return (await decoder.decode('kafka', [given]))?.[0];
}

/** Whether the message is found by a condition on its payload. */
async function finds(given: RawMessage, condition: string, decoder = usual): Promise<boolean> {
  const parsed = parse(condition, { now: 0 });
  if ('error' in parsed || parsed.filter.kind !== 'payload') throw new Error(`${condition} is no such condition`);
  const decoded = await decodedOf(given, decoder);
  return payloadHas({ body: given.body, ...(decoded && { decoded }) }, parsed.filter.path, parsed.filter.test);
}

const order = { order: { id: 42, sku: ['A1', 'B2'], note: 'söme' } };
const json = JSON.stringify(order);
const bytes = utf8.encode(json);
const base64 = (of: Uint8Array) => Buffer.from(of).toString('base64');
const sns = (inner: string) =>
  JSON.stringify({ Type: 'Notification', MessageId: 'm', TopicArn: 'arn:aws:sns:eu:1:t', Message: inner });
const cloud = (data: object) =>
  JSON.stringify({ specversion: '1.0', id: 'e', type: 'order', source: '/shop', ...data });
const failed = (original: object | string) =>
  JSON.stringify({ original, error: 'SoldOut: none left', failedAt: '2026-11-22T03:31:07Z' });

describe('a value is found by its path', () => {
  it.each<[string, RawMessage]>([
    ['gzip, which nothing says', message(gzipSync(bytes))],
    ['zstd, which nothing says', message(zstdCompressSync(bytes))],
    ['gzip by content-encoding', message(gzipSync(bytes), textHeader('Content-Encoding', 'gzip'))],
    ['deflate', message(deflateSync(bytes), textHeader('content-encoding', 'deflate'))],
    ['raw deflate', message(deflateRawSync(bytes), textHeader('content-encoding', 'deflate'))],
    ['brotli', message(brotliCompressSync(bytes), textHeader('content-encoding', 'br'))],
    ['base64', message(base64(bytes))],
    ['base64 of gzip', message(base64(gzipSync(bytes)))],
    ['gzip of base64', message(gzipSync(base64(bytes)))],
    ['MessagePack by its looks', message(encode(order))],
    ['MessagePack by content-type', message(encode(order), textHeader('content-type', 'application/x-msgpack'))],
    ['an SNS notification', message(sns(json))],
    ['an SNS notification of base64', message(sns(base64(bytes)))],
    ['an SNS notification in gzip', message(gzipSync(sns(json)))],
    ["CloudEvents' data_base64", message(cloud({ data_base64: base64(bytes) }))],
    ['a byte order mark before JSON in an envelope', message(`\ufeff${sns(json)}`)],
  ])('in %s', async (_what, given) => {
    expect(await finds(given, 'payload.order.id:42')).toBe(true);
    expect(await finds(given, 'payload.order.id:>41')).toBe(true);
    expect(await finds(given, 'payload.order.sku:B2')).toBe(true);
    expect(await finds(given, 'payload.order.note:söme')).toBe(true);
    expect(await finds(given, 'payload.order.id:43')).toBe(false);
  });

  it.each<[string, string, string]>([
    ['through a text that is JSON', JSON.stringify({ a: json }), 'payload.a.order.id:42'],
    ['through two of them', JSON.stringify({ a: JSON.stringify({ b: json }) }), 'payload.a.b.order.id:42'],
    [
      'with quotes as .NET escapes them',
      `{"a":${JSON.stringify(json).replaceAll('\\"', '\\u0022')}}`,
      'payload.a.order.id:42',
    ],
    ['in an indented text', JSON.stringify({ a: JSON.stringify(order, null, 2) }), 'payload.a.order.id:42'],
    ['in each text of a list', JSON.stringify({ a: ['{"b":1}', '{"b":2}', 'c'] }), 'payload.a.b:2'],
    ['in a document that was written as JSON twice', JSON.stringify(json), 'payload.order.id:42'],
    ['in a wrapper with its error', failed(order), 'payload.order.id:42'],
    ['in a wrapper, as text', failed(json), 'payload.order.id:42'],
    ['through a wrapper', failed(order), 'payload.original.order.id:42'],
    ['in the envelope itself, as text', sns(json), `payload.Message:"${json.replaceAll('"', '\\"')}"`],
    ['in the envelope itself, through its text', sns(json), 'payload.Message.order.id:42'],
    ['beside it', sns(json), 'payload.TopicArn:arn:aws:sns:eu:1:t'],
    ['in data that is an object', cloud({ data: order }), 'payload.data.order.id:42'],
    ['in data that is a text', cloud({ data: json }), 'payload.data.order.id:42'],
    [
      'behind the five bytes of a registry that nobody has',
      `\0\0\0\0\x07${JSON.stringify({ a: json })}`,
      'payload.a.order.id:42',
    ],
  ])('%s', async (_what, body, condition) => {
    expect(await finds(message(body), condition)).toBe(true);
    expect(await finds(message(gzipSync(body)), condition)).toBe(true);
  });

  it('to the last digit', async () => {
    const given = message(gzipSync('{"id":9007199254740993,"total":12.50}'));
    expect(await finds(given, 'payload.id:9007199254740993')).toBe(true);
    expect(await finds(given, 'payload.id:9007199254740992')).toBe(false);
    expect(await finds(given, 'payload.total:12.5')).toBe(true);
  });
});

describe('what is plain', () => {
  it.each<[string, Uint8Array | string | null]>([
    ['a tombstone', null],
    ['nothing', ''],
    ['JSON', json],
    ['JSON behind five bytes', `\0\0\0\0\x07${json}`],
    ['markup', '<order id="42"/>'],
  ])('%s costs no look into it', (_what, body) => {
    expect(usual.decode('kafka', [message(body)])).toBeNull();
  });

  it.each(['just words', '12345', '"a text"', '{"a":"b\\"c"}', '{"a":"{not json \\""}'])(
    '%s has nothing beside itself',
    async (body) => {
      expect(await decodedOf(message(body))).toBeUndefined();
    },
  );

  it('a body that is taken for plain has nothing that its page would show in fields and a filter would not see', async () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const wrap = fc.constantFrom(
      (inner: string) => inner,
      sns,
      (inner: string) => JSON.stringify({ a: inner }),
    );
    await fc.assert(
      fc.asyncProperty(value, wrap, async (each, wrapped) => {
        const body = wrapped(JSON.stringify(each));
        const given = message(body);
        fc.pre(isPlainBody(given));
        const other = message(gzipSync(body));
        const documents = (await decodedOf(other))?.documents.map(text) ?? [];
        // Lists and bare values without names have no paths.
        expect(
          documents.filter((document) => document !== body && document.includes('"') && document.includes(':')),
        ).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('with schemas', () => {
  const answerOf = (name: string): SchemaAnswer => {
    const { schema, refers } = foreignPayload(name);
    if (!schema) return { kind: 'missing', note: 'none' };
    const references = refers ? [{ name: schema.references[0]?.[0] ?? '', text: refers.text }] : [];
    return {
      kind: 'found',
      schema: { type: schema.type, text: schema.text, subject: null, version: null, references },
    };
  };

  it.each(foreignNames)('%s: what is searched is what the page shows', async (name) => {
    const registries = new Map([['kafka', { find: () => Promise.resolve(answerOf(name)) }]]);
    const reader = createPayloadReader({ registries });
    closing.push(() => reader.close());
    const given = message(foreignPayload(name).bytes);
    const shown = await reader.show('kafka', { part: 'value', bytes: given.body, headers: [], properties: [] });
    const decoded = await decodedOf(given, decoderOf({ registries }));
    const page: unknown = shown.kind === 'json' && shown.pretty !== null ? JSON.parse(shown.pretty) : null;
    if (page === null || typeof page !== 'object') return expect(decoded?.documents ?? []).toEqual([]);
    const seen = [
      ...(decoded?.documents ?? []).map(text),
      text(given.body ?? new Uint8Array()).slice(5),
      text(given.body ?? new Uint8Array()),
    ];
    const parsed = seen.flatMap((each): unknown[] => {
      try {
        return [JSON.parse(each)];
      } catch {
        return [];
      }
    });
    expect(parsed).toContainEqual(page);
  });

  it('one that is not to be had is said to be missing, and found when it is there', async () => {
    let answer: SchemaAnswer = { kind: 'missing', note: 'The registry could not be asked.' };
    const decoder = decoderOf({ registries: new Map([['kafka', { find: () => Promise.resolve(answer) }]]) });
    const given = message(foreignPayload('avro').bytes);
    expect(await decodedOf(given, decoder)).toEqual({ documents: [], missing: 'schema' });
    answer = answerOf('avro');
    expect(await decodedOf(given, decoder)).toMatchObject({ missing: null });
    expect(await decodedOf(given)).toEqual({ documents: [], missing: 'schema' });
  });
});

describe('what is masked', () => {
  const settings: MaskingSettings = {
    fields: ['customer.email', 'Message.pin', '$.top'],
    headers: [],
    patterns: ['card'],
    keys: false,
  };
  const secret = JSON.stringify({
    customer: { email: 'ada@example.com', id: 7 },
    pin: '4711',
    top: 'hidden',
    paid: '4111 1111 1111 1111',
  });

  it.each<[string, string | Uint8Array]>([
    ['gzip', gzipSync(secret)],
    ['base64', base64(utf8.encode(secret))],
    ['MessagePack', encode(JSON.parse(secret))],
    ['an SNS notification', sns(secret)],
    ['an SNS notification of base64', sns(base64(utf8.encode(secret)))],
    ['an SNS notification in gzip', gzipSync(sns(secret))],
    ['data_base64', cloud({ data_base64: base64(utf8.encode(secret)) })],
    ['a text', JSON.stringify({ Message: secret })],
  ])('is not in what is searched of %s', async (_what, body) => {
    const decoder = decoderOf({ masking: settings });
    const decoded = await decodedOf(message(body), decoder);
    const all = (decoded?.documents ?? []).map(text).join('\n');
    expect(all).not.toMatch(/ada@|4111|hidden/);
    if (typeof body === 'string' && body.includes('Message')) expect(all).not.toContain('4711');
    if (typeof body !== 'string') expect(all).toContain('7');
  });

  it('is not on the page of an envelope either, wherever a rule says that it stands', async () => {
    const reader = createPayloadReader({ registries: new Map(), masking: settings });
    closing.push(() => reader.close());
    const shown = await reader.show('kafka', {
      part: 'value',
      bytes: utf8.encode(sns(secret)),
      headers: [],
      properties: [],
    });
    expect(shown.pretty).toContain('"id": 7');
    expect(JSON.stringify(shown)).not.toMatch(/ada@|4111|hidden|4711/);
  });
});

describe('hostile bodies', () => {
  it('a bomb is beyond a limit, and so is what no page shows whole', async () => {
    expect(await decodedOf(message(gzipSync(Buffer.alloc(40_000_000))))).toEqual({ documents: [], missing: 'limit' });
    const large = JSON.stringify({ list: Array.from({ length: 60_000 }, (_, n) => n), quote: '"' });
    expect(await decodedOf(message(gzipSync(large)))).toEqual({ documents: [], missing: 'limit' });
    // Plain JSON is searched whole, whatever its size.
    expect(await decodedOf(message(large))).toBeUndefined();
  });

  it('what is damaged could not be read, unless it is something else', async () => {
    const damaged = gzipSync(json).fill(0xff, 12, 20);
    expect(await decodedOf(message(damaged))).toEqual({ documents: [], missing: 'unreadable' });
    expect(await decodedOf(message(damaged.toString('base64')))).toEqual({ documents: [], missing: 'unreadable' });
    const gzip = textHeader('content-encoding', 'gzip');
    expect(await decodedOf(message(Uint8Array.of(0xc1, 0xff, 0, 1), gzip))).toEqual({
      documents: [],
      missing: 'unreadable',
    });
    expect(await decodedOf(message(json, gzip))).toBeUndefined();
    expect(await decodedOf(message('plain words', gzip))).toBeUndefined();
  });

  it('one that takes too long may be tried again, and those after it are decoded', async () => {
    const decoder = decoderOf({ timeoutMs: 1 });
    const heavy = message(gzipSync(`[${'[],'.repeat(1_300_000)}[]]`));
    expect(await decodedOf(heavy, decoder)).toEqual({ documents: [], missing: 'time' });
    const decoded = await usual.decode('kafka', [heavy, message(gzipSync(json))]);
    expect(decoded?.map((each) => each?.documents.map(text))).toEqual([[], [json]]);
  });

  it('any bytes and headers have an answer, in the order of the messages', async () => {
    const header = fc.constantFrom(
      textHeader('content-encoding', 'gzip'),
      textHeader('content-encoding', 'br, deflate'),
      textHeader('content-type', 'application/msgpack'),
      textHeader('__value_schema_id', '7'),
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(bytes, new Uint8Array(gzipSync(bytes)), utf8.encode(sns('{"a":1'))),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(body, fc.array(header, { maxLength: 2 })), { maxLength: 4 }),
        async (drawn) => {
          const messages = drawn.map(([each, headers]) => message(each, ...headers));
          const decoded = await usual.decode('kafka', messages);
          expect(decoded === null).toBe(messages.every(isPlainBody));
          if (decoded === null) return;
          expect(decoded).toHaveLength(messages.length);
          for (const each of decoded) for (const document of each?.documents ?? []) JSON.parse(text(document));
        },
      ),
      { numRuns: 150 },
    );
  });
});
