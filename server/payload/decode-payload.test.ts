import { deflateRawSync, gzipSync } from 'node:zlib';
import { fc } from '#lib/testing/properties.ts';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import type { ShownPayload } from '#lib/api/messages.ts';
import { textHeader, type Header } from '#lib/domain/message.ts';
import { decodePayload } from '#server/payload/decode-payload.ts';
import type { PayloadSource, RegisteredSchema, SchemaAnswer } from '#server/payload/decoder.ts';
import { foreignNames, foreignPayload } from '#server/payload/testing/foreign-payload.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const nowhere: SchemaAnswer = { kind: 'missing', note: 'No registry.' };

function shown(
  bytes: Uint8Array | string | null,
  {
    answer = nowhere,
    headers = [],
    part = 'value',
  }: { answer?: SchemaAnswer; headers?: Header[]; part?: PayloadSource['part'] } = {},
): ShownPayload {
  const source = { part, bytes: typeof bytes === 'string' ? utf8(bytes) : bytes, headers, properties: [] };
  const decoded = decodePayload(source, () => answer);
  if (decoded.kind !== 'shown') throw new Error('The chain asked twice for the same schema.');
  return decoded.payload;
}

const flat = ({ pretty }: ShownPayload) => pretty?.replace(/\s+/g, '');
const step = (payload: ShownPayload, decoder: string) => payload.steps.find((each) => each.decoder === decoder);

/** The schema that was registered when a foreign payload was written. */
function schemaOf(name: string): SchemaAnswer {
  const { schema, refers } = foreignPayload(name);
  if (!schema) throw new Error(`${name} has no schema.`);
  const [reference] = schema.references;
  const found: RegisteredSchema = {
    type: schema.type,
    text: schema.text,
    subject: null,
    version: null,
    references: reference && refers ? [{ name: reference[0], text: refers.text }] : [],
  };
  return { kind: 'found', schema: found };
}

describe('schemas of a registry', () => {
  it("decode Avro of Confluent's serializer, with every digit of longs and decimals", () => {
    const payload = shown(foreignPayload('avro').bytes, { answer: schemaOf('avro') });
    expect(payload).toMatchObject({ kind: 'json', label: 'Avro', raw: null, truncated: false });
    expect(flat(payload)).toBe(
      '{"id":9223372036854775807,"customer":"Ada☕","total":"-12345678901234567.89","state":"PAID",' +
        '"lines":[{"sku":"a-1","count":-3}],"tags":{"big":-9007199254740993},"signature":"AP8Q"}',
    );
    expect(payload.schema).toMatchObject({ type: 'AVRO', name: 'com.shop.Order' });
  });

  it('decode Avro in base64, as SQS has it, where the registry knows the schema', () => {
    const base64 = Buffer.from(foreignPayload('avro').bytes).toString('base64');
    const payload = shown(base64, { answer: schemaOf('avro') });
    expect(payload).toMatchObject({ kind: 'json', label: 'base64, then Avro' });
    expect(payload.schema).toMatchObject({ type: 'AVRO', name: 'com.shop.Order' });
    expect(shown(base64).label).toBe('text (UTF-8)');
    const asked: unknown[] = [];
    const source = { part: 'value', headers: [], properties: [] } as const;
    for (const text of ['ACCOUNT12345', 'AQICAHiabcdefghijklmnopqrstu'])
      decodePayload({ ...source, bytes: utf8(text) }, (reference) => void asked.push(reference));
    expect(asked).toEqual([]);
  });

  it('may be what base64 lacks where the registry could not be asked; one that it does not know is no more than a guess', () => {
    const bytes = utf8(Buffer.from(foreignPayload('avro').bytes).toString('base64'));
    const source = { part: 'value', bytes, headers: [], properties: [] } as const;
    const missing = (answer: SchemaAnswer) => {
      const decoded = decodePayload(source, () => answer);
      return decoded.kind === 'shown' ? decoded.missing : decoded;
    };
    expect(missing({ ...nowhere, unasked: true })).toBe('schema');
    expect(missing(nowhere)).toBeNull();
    expect(missing(schemaOf('avro'))).toBeNull();
  });

  it('decode an Avro key of one long', () => {
    const payload = shown(foreignPayload('avro key').bytes, { answer: schemaOf('avro key'), part: 'key' });
    expect(payload.pretty).toBe('9007199254740993');
  });

  it('decode Protobuf with imports, well-known types and nested messages', () => {
    const answer = schemaOf('protobuf');
    const payload = shown(foreignPayload('protobuf').bytes, { answer });
    expect(flat(payload)).toBe(
      '{"id":"-9007199254740993","serial":"18446744073709551615","placed_at":{"seconds":"1795318860","nanos":123000000},' +
        '"total":{"currency":"EUR","cents":"9007199254740995"},"lines":[{"sku":"a-1","count":-3}],"signature":"AP8=","state":"PAID"}',
    );
    expect(payload.schema).toMatchObject({ type: 'PROTOBUF', name: 'shop.v1.Order' });
    expect(flat(shown(foreignPayload('protobuf nested').bytes, { answer }))).toBe('{"sku":"a-1","count":-3}');
  });

  it('decode JSON Schema, by the prefix or by a header, in numbers to the letter', () => {
    const { bytes } = foreignPayload('json schema');
    const payload = shown(bytes, { answer: schemaOf('json schema') });
    expect(payload.label).toBe('JSON Schema, then JSON');
    expect(flat(payload)).toBe('{"id":9007199254740993}');
    const guid = Uint8Array.of(1, ...Array.from({ length: 16 }, () => 7));
    const headers: Header[] = [{ name: '__value_schema_id', value: { kind: 'bytes', bytes: guid } }];
    const byHeader = shown(bytes.subarray(5), { answer: schemaOf('json schema'), headers });
    expect(byHeader.schema).toMatchObject({ id: '07070707-0707-0707-0707-070707070707', type: 'JSON' });
    expect(flat(byHeader)).toBe('{"id":9007199254740993}');
  });

  it('read Protobuf whose id and indexes stand in a header', () => {
    const { bytes } = foreignPayload('protobuf');
    const header = Uint8Array.of(1, ...Array.from({ length: 16 }, () => 7), ...bytes.subarray(5, 7));
    const headers: Header[] = [{ name: '__value_schema_id', value: { kind: 'bytes', bytes: header } }];
    expect(shown(bytes.subarray(7), { answer: schemaOf('protobuf'), headers }).schema?.name).toBe('shop.v1.Order');
  });

  it('that are missing, broken or do not fit are a note, and the bytes are shown', () => {
    const { bytes } = foreignPayload('avro');
    const unknown = shown(bytes);
    expect(unknown).toMatchObject({ kind: 'binary', label: 'binary' });
    expect(unknown.hex).toContain('00000000  00');
    expect(step(unknown, 'schema registry')).toMatchObject({
      outcome: 'failed',
      note: expect.stringContaining('No registry.'),
    });
    const truncated = shown(bytes.subarray(0, 30), { answer: schemaOf('avro') });
    expect(step(truncated, 'schema registry')).toMatchObject({
      outcome: 'failed',
      note: expect.stringContaining('truncated'),
    });
    for (const type of ['AVRO', 'PROTOBUF'] as const) {
      const schema = { type, text: '{"type":', subject: null, version: null, references: [] };
      expect(step(shown(bytes, { answer: { kind: 'found', schema } }), 'schema registry')?.outcome).toBe('failed');
    }
  });

  it('in Avro that claims more items than it has bytes for, or items without any, end early', () => {
    const schema = (text: string): SchemaAnswer => ({
      kind: 'found',
      schema: { type: 'AVRO', text, subject: null, version: null, references: [] },
    });
    const claimed = Uint8Array.of(0, 0, 0, 0, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02, 0);
    for (const items of ['"long"', '"null"', '{"type":"record","name":"R","fields":[]}']) {
      const payload = shown(claimed, { answer: schema(`{"type":"array","items":${items}}`) });
      expect(step(payload, 'schema registry')?.outcome).toBe('failed');
    }
    const recursive = '{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]}]}';
    const deep = Uint8Array.of(0, 0, 0, 0, 1, ...new Uint8Array(100_000).fill(2), 0);
    expect(step(shown(deep, { answer: schema(recursive) }), 'schema registry')?.note).toContain('500 levels');
    const stamp = '{"type":"long","logicalType":"timestamp-micros"}';
    expect(shown(Uint8Array.of(0, 0, 0, 0, 1, 2), { answer: schema(stamp) }).pretty).toBe('1');
  });

  it('that are missing do not hide JSON after the prefix', () => {
    expect(flat(shown(foreignPayload('json schema').bytes))).toBe('{"id":9007199254740993}');
  });
});

describe('compression', () => {
  it.each([
    ['gzip', 'gzip'],
    ['deflate', 'deflate'],
    ['deflate raw', 'deflate'],
    ['zstd', 'zstd'],
    ['brotli', 'br'],
  ])('%s is undone where content-encoding says so', (name, encoding) => {
    const payload = shown(foreignPayload(name).bytes, { headers: [textHeader('Content-Encoding', encoding)] });
    expect(flat(payload)).toBe('{"id":9007199254740993,"note":"café"}');
    expect(payload.kind).toBe('json');
    expect(payload.label).toMatch(/, then JSON$/);
  });

  it('is seen by the first bytes too, also in base64', () => {
    const { bytes } = foreignPayload('gzip');
    expect(shown(bytes).label).toBe('gzip, then JSON');
    expect(shown(Buffer.from(bytes).toString('base64')).label).toBe('base64, then gzip, then JSON');
  });

  it('bombs stay as they are', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const payload = shown(gzipSync(gzipSync(bomb)), { headers: [textHeader('content-encoding', 'gzip, gzip, gzip')] });
    expect(step(payload, 'content-encoding')).toMatchObject({
      outcome: 'failed',
      note: 'gzip expands to more than 16 MiB; left as it is',
    });
    expect(payload.kind).toBe('binary');
    const raw = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
    expect(
      step(shown(raw, { headers: [textHeader('content-encoding', 'deflate')] }), 'content-encoding')?.outcome,
    ).toBe('failed');
  });

  it('that is said and not there, or broken, is a note', () => {
    const headers = [textHeader('content-encoding', 'gzip')];
    const payload = shown('{"a":1}', { headers });
    expect(step(payload, 'content-encoding')?.outcome).toBe('failed');
    expect(payload.label).toBe('JSON');
    expect(shown(foreignPayload('gzip').bytes.subarray(0, 20), { headers }).kind).toBe('binary');
  });
});

describe('MessagePack', () => {
  it('is shown with 64-bit numbers, nanoseconds and extensions as they are', () => {
    expect(flat(shown(foreignPayload('msgpack').bytes))).toBe(
      '{"id":18446744073709551615,"neg":-9223372036854775808,"ext":{"type":7,"data":"AQI="},' +
        '"at":"2025-11-22T03:46:00.123456789Z","bin":"AP8=","list":[1.5,null,true]}',
    );
  });

  it('of other writers is the same', () => {
    const bytes = new Packr({ useRecords: false }).pack({ id: 9007199254740993n, at: new Date(1_700_000_000_000) });
    expect(flat(shown(bytes))).toBe('{"id":9007199254740993,"at":"2023-11-14T22:13:20Z"}');
  });

  it('is taken by its content-type where the bytes alone could be text', () => {
    const headers = [textHeader('content-type', 'application/x-msgpack')];
    expect(shown(Uint8Array.of(0xa2, 0x68, 0x69), { headers }).pretty).toBe('"hi"');
  });
});

describe('envelopes', () => {
  const notification = (message: string) =>
    JSON.stringify({
      Type: 'Notification',
      MessageId: 'm-1',
      TopicArn: 'arn:aws:sns:eu-west-1:1:orders',
      Message: message,
    });

  it('of SNS show what is inside, decoded, and keep the raw text', () => {
    const text = notification('{"id":9007199254740993}');
    const payload = shown(text);
    expect(payload).toMatchObject({ label: 'SNS notification, then JSON', raw: text });
    expect(flat(payload)).toBe('{"id":9007199254740993}');
    expect(step(payload, 'SNS envelope')?.note).toContain('arn:aws:sns:eu-west-1:1:orders');
    expect(shown(notification('plain words')).pretty).toBe('plain words');
    expect(shown(notification(notification(notification(notification(notification('{}')))))).kind).toBe('json');
  });

  it('of SNS name the attributes that stand beside the message', () => {
    const MessageAttributes = { tenant: { Type: 'String', Value: 'north' } };
    const text = JSON.stringify({ Type: 'Notification', TopicArn: 'arn:1', Message: '{}', MessageAttributes });
    expect(step(shown(text), 'SNS envelope')?.note).toContain('attributes tenant=north');
  });

  it('of CloudEvents are opened where their data is JSON as a text, and named where their attributes are headers', () => {
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/shop',
      type: 'order.placed',
      data: '{"a":9007199254740993}',
    };
    expect(flat(shown(JSON.stringify(event)))).toBe('{"a":9007199254740993}');
    const headers = ['ce_id', 'ce_source', 'ce_type', 'ce_time'].map((name) => textHeader(name, 'secret'));
    const payload = shown('{"a":1}', { headers });
    expect(payload.label).toBe('JSON');
    const note = step(payload, 'CloudEvents headers')?.note;
    expect(note).toContain('ce_id, ce_source, ce_type, ce_time');
    expect(note).not.toContain('secret');
  });

  it('around a message and its error show the message, to the last digit', () => {
    const wrap = (original: string) =>
      `{"original":${original},"error":"SoldOut: none","failedAt":"2026-11-22T03:31:07Z"}`;
    expect(shown(wrap('{"id":9007199254740993,"total":1.10}')).label).toBe('wrapped message, then JSON');
    expect(flat(shown(wrap('{"id":9007199254740993,"total":1.10}')))).toBe('{"id":9007199254740993,"total":1.10}');
    expect(flat(shown(wrap('"{\\"id\\":1}"')))).toBe('{"id":1}');
    expect(shown(wrap('7')).label).toBe('JSON, then wrapped message');
    expect(shown(wrap('{"id":1}')).raw).toBe(wrap('{"id":1}'));
  });

  it('of CloudEvents and the SQS extended client are named', () => {
    const event = { specversion: '1.0', id: '1', source: '/shop', type: 'order.placed', data_base64: btoa('{"a":1}') };
    expect(flat(shown(JSON.stringify(event)))).toBe('{"a":1}');
    expect(shown(JSON.stringify({ ...event, data_base64: undefined, data: 1 })).label).toBe(
      'JSON, then CloudEvents 1.0',
    );
    const pointer = ['software.amazon.payloadoffloading.PayloadS3Pointer', { s3BucketName: 'b', s3Key: 'k' }];
    const payload = shown(JSON.stringify(pointer));
    expect(payload.label).toBe('JSON, then pointer to S3');
    expect(step(payload, 'SQS extended client')?.note).toContain('bucket b, key k');
  });
});

describe('bad input', () => {
  it('ten thousand levels of JSON are shown', () => {
    const payload = shown('['.repeat(10_000) + ']'.repeat(10_000));
    expect(payload.kind).toBe('json');
    expect(payload.pretty?.length).toBeLessThanOrEqual(256 * 1024);
  });

  it('ten megabytes of JSON are cut, and the report says that the rest was not checked', () => {
    const payload = shown(`{"a":"${'é'.repeat(5_000_000)}"}`);
    expect(payload).toMatchObject({
      kind: 'json',
      label: 'JSON, the beginning',
      truncated: true,
      sizeBytes: 10_000_008,
    });
    expect(payload.raw?.length).toBeLessThanOrEqual(256 * 1024);
    expect(step(payload, 'JSON')?.note).toContain('not checked');
  });

  it('deep MessagePack does not overflow the stack', () => {
    const deep = new Uint8Array(50_001).fill(0x91);
    deep[50_000] = 0x01;
    expect(shown(deep)).toMatchObject({ label: 'MessagePack, the beginning', truncated: true });
  });

  it('text with a few broken bytes is text, and says so', () => {
    const payload = shown(Uint8Array.of(...utf8('name: M'), 0xfc, ...utf8('ller, city: Bonn')));
    expect(payload).toMatchObject({ kind: 'text', label: 'text (broken UTF-8)', raw: 'name: M\ufffdller, city: Bonn' });
    expect(shown(Uint8Array.of(0xff, 0xfe, 0x00)).kind).toBe('binary');
    expect(shown(null)).toMatchObject({ kind: 'null', steps: [] });
    expect(shown('')).toMatchObject({ kind: 'empty', steps: [] });
  });

  it('of any kind, under any header and schema, never throws and never builds more than a page', () => {
    const foreign = fc
      .tuple(
        fc.constantFrom(...foreignNames),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
        fc.nat(400),
      )
      .map(([name, changes, length]) => {
        const bytes = Uint8Array.from(foreignPayload(name).bytes);
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        return length % 3 === 0 ? bytes.subarray(0, length) : bytes;
      });
    const text = fc.oneof(fc.json(), fc.string(), fc.base64String()).map(utf8);
    const headers = fc.array(
      fc
        .tuple(
          fc.constantFrom('content-encoding', 'content-type', '__value_schema_id', '__key_schema_id', 'x'),
          fc.oneof(
            fc.constantFrom('gzip', 'br', 'deflate', 'zstd', 'application/msgpack', '7').map(utf8),
            fc.uint8Array({ maxLength: 20 }),
          ),
        )
        .map(([name, bytes]): Header => ({ name, value: { kind: 'bytes', bytes } })),
      { maxLength: 3 },
    );
    const answers = fc.constantFrom(
      nowhere,
      schemaOf('avro'),
      schemaOf('protobuf'),
      schemaOf('json schema'),
      schemaOf('avro key'),
    );
    fc.assert(
      fc.property(
        fc.oneof(foreign, text, fc.uint8Array({ maxLength: 300 })),
        headers,
        answers,
        fc.constantFrom('key' as const, 'value' as const),
        (bytes, some, answer, part) => {
          const payload = shown(bytes, { headers: some, answer, part });
          const longest = Math.max(payload.pretty?.length ?? 0, payload.raw?.length ?? 0, payload.hex.length);
          expect(longest).toBeLessThanOrEqual(300_000);
          expect(payload.steps.length).toBeLessThan(60);
          expect(payload.sizeBytes).toBe(bytes.length);
          if (bytes.length > 0) expect(payload.steps.at(-1)?.outcome).toBeDefined();
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
