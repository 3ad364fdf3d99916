import { gunzipSync, gzipSync } from 'node:zlib';
import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { bytesHeader, textHeader, type Header } from '#lib/domain/message.ts';
import type { BodyEdit } from '#lib/domain/message-edit.ts';
import { createMasking } from '#lib/masking/masking.ts';
import type { SchemaAnswer } from '#server/payload/decoder.ts';
import { decodePayload } from '#server/payload/decode-payload.ts';
import { editBody, type EditedBody } from '#server/payload/editing/edit-body.ts';
import { foreignPayload } from '#server/payload/testing/foreign-payload.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const nowhere: SchemaAnswer = { kind: 'missing', note: 'No registry.' };

interface Circumstances {
  readonly answer?: SchemaAnswer;
  readonly headers?: readonly Header[];
  readonly masking?: ReturnType<typeof createMasking>;
}

function edited(body: Uint8Array | string | null, edit: BodyEdit, given: Circumstances = {}): EditedBody {
  const { answer = nowhere, headers = [], masking } = given;
  const bytes = typeof body === 'string' ? utf8(body) : body;
  const source = { part: 'value', bytes, headers, properties: [] } as const;
  return editBody({ source, edit, withViews: true }, () => answer, masking);
}

const patch = (...operations: readonly object[]): BodyEdit => ({ kind: 'patch', operations });
const zip = patch({ op: 'replace', path: '/zip', value: '01234' });

function bytesOf(result: EditedBody): Uint8Array {
  if (result.kind !== 'edited' || result.bytes === null) throw new Error(JSON.stringify(result));
  return result.bytes;
}

const textOf = (result: EditedBody) => new TextDecoder().decode(bytesOf(result));
const whyNot = (result: EditedBody) => (result.kind === 'refused' ? result.problem.text : result.kind);

function schemaOf(name: string): SchemaAnswer {
  const { schema, refers } = foreignPayload(name);
  if (!schema) throw new Error(`${name} has no schema.`);
  const [reference] = schema.references;
  const references = reference && refers ? [{ name: reference[0], text: refers.text }] : [];
  return { kind: 'found', schema: { type: schema.type, text: schema.text, subject: null, version: null, references } };
}

const readBack = (bytes: Uint8Array, answer: SchemaAnswer) => {
  const decoded = decodePayload({ part: 'value', bytes, headers: [], properties: [] }, () => answer);
  return decoded.kind === 'shown' ? decoded.payload.pretty?.replace(/\s+/g, '') : decoded.kind;
};

describe('a JSON body', () => {
  it('is changed where the patch says and nowhere else', () => {
    const body = '\ufeff{ "id": 9007199254740993,\n  "zip":"1234" }\n';
    expect(textOf(edited(body, zip))).toBe('{ "id": 9007199254740993,\n  "zip":"01234" }\n');
    expect([...bytesOf(edited(body, zip)).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  });

  it('is compressed again as it was, also in base64', () => {
    const answer = { headers: [textHeader('content-encoding', 'gzip')] };
    const zipped = gzipSync('{"zip":"1"}');
    expect(gunzipSync(bytesOf(edited(zipped, zip, answer))).toString()).toBe('{"zip":"01234"}');
    const inBase64 = Buffer.from('{"zip":"1","city":"Ulm"}').toString('base64url');
    expect(Buffer.from(textOf(edited(inBase64, zip)), 'base64url').toString()).toBe('{"zip":"01234","city":"Ulm"}');
    for (const name of ['deflate', 'deflate raw', 'zstd', 'brotli']) {
      const headers = [textHeader('content-encoding', { brotli: 'br', zstd: 'zstd' }[name] ?? 'deflate')];
      const { bytes } = foreignPayload(name);
      const before = readBackEncoded(bytes, headers);
      const result = bytesOf(edited(bytes, patch({ op: 'add', path: '/edited', value: true }), { headers }));
      expect(readBackEncoded(result, headers)).toBe(before.replace(/\}$/, ', "edited": true}'));
    }
  });

  it('is refused with the operation and the path that failed', () => {
    const result = edited(
      '{"city":"Ulm"}',
      patch({ op: 'test', path: '/city', value: 'Ulm' }, { op: 'remove', path: '/zip' }),
    );
    expect(result).toMatchObject({ kind: 'refused', problem: { operation: 2, path: '/zip' } });
    expect(whyNot(result)).toBe('operation 2 (remove /zip): nothing is there');
    expect(whyNot(edited('no JSON at all', zip))).toContain('its body is no JSON (text (UTF-8))');
    expect(whyNot(edited(null, zip))).toContain('its body is no JSON (null (tombstone))');
    expect(whyNot(edited(Uint8Array.of(0xff, 0xfe, 0), zip))).toContain('no JSON (binary)');
    expect(whyNot(edited(foreignPayload('msgpack').bytes, zip))).toContain('MessagePack, which is not written back');
    expect(whyNot(edited('{"a":1}', { kind: 'replace', text: '{"a":1,}' }))).toContain('no JSON: a name in quotes');
  });

  it('comes out the same however often it is edited', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const add = patch({ op: 'add', path: '/0', value: 1 });
        const once = edited(`[${json}]`, add);
        expect(bytesOf(edited(`[${json}]`, add))).toEqual(bytesOf(once));
        expect(textOf(once)).toBe(`[1,${json}]`);
      }),
      { numRuns: 50 },
    );
  });
});

function readBackEncoded(bytes: Uint8Array, headers: readonly Header[]): string {
  const decoded = decodePayload({ part: 'value', bytes, headers, properties: [] }, () => nowhere);
  return decoded.kind === 'shown' ? (decoded.payload.raw ?? '') : '';
}

describe('a body of a schema', () => {
  it('in Avro is written again by its schema, with every digit', () => {
    const answer = schemaOf('avro');
    const { bytes } = foreignPayload('avro');
    const operations =
      '[{"op":"replace","path":"/total","value":"12345678901234567.80"},{"op":"add","path":"/tags/max","value":9223372036854775807}]';
    const result = bytesOf(edited(bytes, { kind: 'patch', operations }, { answer }));
    expect([...result.subarray(0, 5)]).toEqual([...bytes.subarray(0, 5)]);
    expect(readBack(result, answer)).toBe(
      '{"id":9223372036854775807,"customer":"Ada☕","total":"12345678901234567.80","state":"PAID",' +
        '"lines":[{"sku":"a-1","count":-3}],"tags":{"big":-9007199254740993,"max":9223372036854775807},"signature":"AP8Q"}',
    );
    const inBase64 = Buffer.from(bytes).toString('base64');
    expect(Buffer.from(textOf(edited(inBase64, { kind: 'patch', operations }, { answer })), 'base64')).toEqual(
      Buffer.from(result),
    );
  });

  it('that it no longer fits is refused, and says where', () => {
    const answer = schemaOf('avro');
    const { bytes } = foreignPayload('avro');
    const refused = (...operations: readonly object[]) => whyNot(edited(bytes, patch(...operations), { answer }));
    expect(refused({ op: 'replace', path: '/id', value: '1' })).toContain('/id must be a whole number');
    expect(refused({ op: 'remove', path: '/state' })).toContain('/state is missing');
    expect(refused({ op: 'replace', path: '/state', value: 'LOST' })).toContain('/state is none of the words');
    expect(refused({ op: 'add', path: '/colour', value: 'red' })).toContain('/colour is no field of the schema');
    expect(refused({ op: 'replace', path: '/lines/0/count', value: 2_147_483_648 })).toContain('more than 32 bits');
    const whole = (text: string) => whyNot(edited(bytes, { kind: 'replace', text }, { answer }));
    expect(whole('[]')).toContain('the document must be an object');
    expect(whyNot(edited(bytes, { kind: 'replace', base64: 'AAAAAAE=' }, { answer }))).toContain(
      'the new bytes are not',
    );
  });

  it('in Protobuf is written again by its schema', () => {
    const answer = schemaOf('protobuf');
    const { bytes } = foreignPayload('protobuf');
    const result = edited(
      bytes,
      patch({ op: 'replace', path: '/serial', value: '18446744073709551614' }, { op: 'remove', path: '/signature' }),
      { answer },
    );
    expect(readBack(bytesOf(result), answer)).toBe(
      '{"id":"-9007199254740993","serial":"18446744073709551614","placed_at":{"seconds":"1795318860","nanos":123000000},' +
        '"total":{"currency":"EUR","cents":"9007199254740995"},"lines":[{"sku":"a-1","count":-3}],"state":"PAID"}',
    );
    const refused = (value: unknown) =>
      whyNot(edited(bytes, patch({ op: 'replace', path: '/lines/0/count', value }), { answer }));
    expect(refused('x')).toContain('/lines/0/count must be a whole number');
    expect(refused(2_147_483_648)).toContain('more than 32 bits');
  });

  it('of JSON Schema is checked against it', () => {
    const { bytes, schema } = foreignPayload('json schema');
    const answer = schemaOf('json schema');
    const result = bytesOf(
      edited(
        bytes,
        { kind: 'patch', operations: '[{"op":"replace","path":"/id","value":9007199254740995}]' },
        { answer },
      ),
    );
    expect(new TextDecoder().decode(result.subarray(5)).replace(/\s+/g, '')).toBe('{"id":9007199254740995}');
    expect(schema?.text).toContain('integer');
    expect(whyNot(edited(bytes, patch({ op: 'replace', path: '/id', value: 'x' }), { answer }))).toContain(
      '/id must be integer',
    );
  });

  it('that cannot be had is refused, and may be edited later where the registry did not answer', () => {
    const { bytes } = foreignPayload('avro');
    expect(edited(bytes, zip)).toMatchObject({ kind: 'refused', unasked: false });
    expect(edited(bytes, zip, { answer: { ...nowhere, unasked: true } })).toMatchObject({
      kind: 'refused',
      unasked: true,
    });
  });
});

describe('a body with something masked', () => {
  const masking = createMasking({ headers: [], fields: ['card', 'customer.email'], patterns: [], keys: false });
  const body = '{"card":"4111","zip":"1","customer":{"email":"a@b.c","name":"Ada"}}';

  it('is patched as it is, and shown masked', () => {
    const result = edited(body, zip, { masking });
    expect(textOf(result)).toBe(body.replace('"1"', '"01234"'));
    const shown = JSON.stringify(result.kind === 'edited' && result.views);
    expect(shown).toContain('01234');
    expect(shown).not.toMatch(/4111|a@b\.c/);
  });

  it('does not tell its size: compressed, that would tell how much of a guess is in what is masked', () => {
    const headers = [bytesHeader('content-encoding', 'gzip')];
    const sizesOf = (text: string, edit: BodyEdit) => {
      const result = edited(gzipSync(text), edit, { masking, headers });
      if (result.kind !== 'edited') throw new Error(whyNot(result));
      return [result.views?.before?.sizeBytes, result.views?.after?.sizeBytes];
    };
    const guess = (card: string) => patch({ op: 'replace', path: '/zip', value: `"card":"${card}"` });
    for (const edit of [guess('4111'), guess('7352'), patch({ op: 'remove', path: '/card' })])
      expect(sizesOf(body, edit)).toEqual([null, null]);
    expect(sizesOf('{"zip":"1"}', patch({ op: 'add', path: '/card', value: '1' }))).toEqual([null, null]);
    const open = '{"zip":"1"}';
    expect(sizesOf(open, zip)).toEqual([gzipSync(open).length, expect.any(Number)]);
  });

  it('is never replaced as a whole, because the mask would be sent', () => {
    expect(whyNot(edited(body, { kind: 'replace', text: '{}' }, { masking }))).toContain('field card');
    expect(whyNot(edited(body, { kind: 'replace', base64: 'e30=' }, { masking }))).toContain('give a JSON Patch');
    const result = edited(body, zip, { masking });
    expect(result.kind === 'edited' && result.views?.patchOnly).toContain('field customer.email');
    expect(textOf(edited('{"zip":"1"}', { kind: 'replace', text: '{}' }, { masking }))).toBe('{}');
  });

  it('cannot be asked by a patch what is masked', () => {
    const tried = [
      { op: 'test', path: '/card', value: '4111' },
      { op: 'copy', from: '/card', path: '/seen' },
      { op: 'move', from: '/customer', path: '/seen' },
      { op: 'test', path: '', value: {} },
    ];
    for (const operation of tried)
      expect(whyNot(edited(body, patch(operation), { masking }))).toContain('what is masked cannot be');
    expect(textOf(edited(body, patch({ op: 'replace', path: '/card', value: '1' }), { masking }))).toContain(
      '"card":"1"',
    );
    expect(textOf(edited(body, patch({ op: 'copy', from: '/zip', path: '/seen' }), { masking }))).toContain(
      '"seen":"1"',
    );
  });
});

describe('a body without structure', () => {
  it('is replaced by text or bytes, and stays what its headers say', () => {
    expect(textOf(edited('hello', { kind: 'replace', text: 'hullo' }))).toBe('hullo');
    expect([...bytesOf(edited(Uint8Array.of(0xff, 1), { kind: 'replace', base64: '/wI=' }))]).toEqual([0xff, 2]);
    const headers = [bytesHeader('content-encoding', 'gzip')];
    expect(whyNot(edited(gzipSync('hello'), { kind: 'replace', base64: '/wI=' }, { headers }))).toContain(
      'the new bytes are not',
    );
  });
});
