import { describe, expect, it } from 'vitest';
import { bytesHeader, textHeader, type Header } from '#lib/domain/message.ts';
import { editHeaders } from '#lib/edit/edit-headers.ts';
import { headerClass } from '#lib/edit/header-class.ts';

const set = (name: string, value: string) => ({ change: 'set', name, value }) as const;

describe('edited headers', () => {
  it('keep their order, their bytes and their types; one that is set stands in the place of all of its name', () => {
    const headers: Header[] = [
      { name: 'attempt', value: { kind: 'integer', text: '3', type: 'int64' } },
      bytesHeader('tenant', 'a'),
      { name: 'raw', value: { kind: 'bytes', bytes: Uint8Array.of(255, 0) } },
      bytesHeader('tenant', 'b'),
    ];
    const edited = editHeaders(headers, [set('tenant', 'c'), set('attempt', '4'), set('new', 'x')], 'kafka');
    expect(edited).toEqual([
      { name: 'attempt', value: { kind: 'integer', text: '4', type: 'int64' } },
      bytesHeader('tenant', 'c'),
      headers[2],
      bytesHeader('new', 'x'),
    ]);
    expect(editHeaders(headers, [{ change: 'remove', name: 'tenant' }], 'kafka')).toEqual([headers[0], headers[2]]);
    expect(editHeaders(headers, [{ change: 'remove', name: 'absent' }], 'kafka')).toEqual(headers);
    expect(editHeaders([], [set('new', 'x')], 'rabbitmq')).toEqual([textHeader('new', 'x', 'longstr')]);
    const deep: Header = { name: 'deep', value: { kind: 'bytes', bytes: Uint8Array.of(86), type: 'list' } };
    expect(editHeaders([deep], [set('deep', 'x')], 'rabbitmq')).toEqual([textHeader('deep', 'x', 'longstr')]);
  });

  it('are refused where the value is not of the type, and where the broker would not take it', () => {
    const headers: Header[] = [{ name: 'attempt', value: { kind: 'integer', text: '3', type: 'int64' } }];
    expect(editHeaders(headers, [set('attempt', 'many')], 'rabbitmq')).toMatchObject({
      text: 'the header attempt is a number, and the new value is none',
    });
    const ten = Array.from({ length: 10 }, (_, number) => textHeader(`a${number}`, 'x', 'String'));
    expect(editHeaders(ten, [set('one-more', 'x')], 'sqs')).toMatchObject({
      text: expect.stringContaining('SQS takes 10'),
    });
    expect(editHeaders(ten, [set('a1', '')], 'sqs')).toMatchObject({ text: expect.stringContaining('would be empty') });
    expect(editHeaders(ten, [set('a1', 'y')], 'sqs')).toHaveLength(10);
  });

  it('that the replay or the broker writes are locked', () => {
    for (const name of ['replay-id', 'Replayed'])
      expect(editHeaders([], [set(name, 'x')], 'kafka')).toMatchObject({ text: expect.stringContaining('is locked') });
    expect(headerClass('x-death', 'rabbitmq').kind).toBe('locked');
    expect(headerClass('x-death', 'kafka').kind).not.toBe('locked');
    expect(headerClass('AWS.Trace', 'sqs').kind).toBe('locked');
  });

  it('on which somebody acts say so, and the others are free', () => {
    for (const name of ['traceparent', 'content-type', '__value_schema_id', 'reply-to', 'kafka_dlt-exception-fqcn'])
      expect(headerClass(name, 'kafka')).toMatchObject({ kind: 'sensitive', why: expect.stringMatching(/^it /) });
    expect(headerClass('tenant', 'kafka')).toEqual({ kind: 'free', why: null });
  });
});
