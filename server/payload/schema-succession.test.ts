import { describe, expect, it } from 'vitest';
import type { RegisteredSchema } from '#server/payload/decoder.ts';
import { readableBy } from '#server/payload/schema-succession.ts';

const schema = (type: RegisteredSchema['type'], text: string): RegisteredSchema => ({
  type,
  text,
  subject: 'orders-value',
  version: 1,
  references: [],
});
const record = (...fields: readonly object[]) =>
  schema('AVRO', JSON.stringify({ type: 'record', name: 'Order', fields }));
const message = (...fields: readonly string[]) =>
  schema('PROTOBUF', `syntax = "proto3"; package shop; message Order { ${fields.join(' ')} }`);

describe('what an older schema wrote', () => {
  it('is readable where Avro has a default for what is new', () => {
    const old = record({ name: 'id', type: 'long' });
    expect(readableBy(old, old).kind).toBe('readable');
    expect(
      readableBy(old, record({ name: 'id', type: 'long' }, { name: 'note', type: 'string', default: '' })).kind,
    ).toBe('readable');
    expect(readableBy(old, record({ name: 'id', type: 'long' }, { name: 'note', type: 'string' }))).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('note'),
    });
    expect(readableBy(old, record({ name: 'id', type: 'string' })).kind).toBe('unreadable');
    expect(readableBy(record({ name: 'id', type: 'int' }), old).kind).toBe('readable');
  });

  it('is readable where Protobuf keeps the wire type of each number', () => {
    const old = message('int32 id = 1;', 'string note = 2;');
    expect(readableBy(old, message('int64 id = 1;', 'bytes note = 2;', 'string more = 3;')).kind).toBe('readable');
    expect(readableBy(old, message('int32 id = 1;')).kind).toBe('readable');
    expect(readableBy(old, message('string id = 1;'))).toEqual({
      kind: 'unreadable',
      why: 'field 1 of shop.Order was int32 and is string.',
    });
    const other = schema('PROTOBUF', 'syntax = "proto3"; package shop; message Invoice { int32 id = 1; }');
    expect(readableBy(old, other)).toMatchObject({ kind: 'unreadable', why: 'it has no message shop.Order.' });
  });

  it('is not readable by a schema of another kind, and not compared where nobody can tell', () => {
    const avro = record({ name: 'id', type: 'long' });
    expect(readableBy(avro, schema('JSON', '{}'))).toMatchObject({ kind: 'unreadable' });
    expect(readableBy(schema('JSON', '{"type":"object"}'), schema('JSON', '{}')).kind).toBe('by-content');
    expect(readableBy(avro, schema('AVRO', '{"type":"record"')).kind).toBe('not-compared');
  });
});
