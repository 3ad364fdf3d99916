import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previewOf, showPayload } from '#lib/payload/show-payload.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a payload', () => {
  it('in JSON is indented without losing a digit, a repeated name or an escape', () => {
    const view = showPayload(bytes('{"id":9007199254740993,"id":1.10,"__proto__":{"a":1e400},"s":"\\u0041"}'));
    expect(view.kind).toBe('json');
    expect(view.pretty?.replace(/\s/g, '')).toBe(
      '{"id":9007199254740993,"id":1.10,"__proto__":{"a":1e400},"s":"\\u0041"}',
    );
  });

  it('differs from its pretty view by white space alone, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const pretty = showPayload(bytes(json)).pretty;
        expect(pretty === null ? null : JSON.parse(pretty)).toEqual(JSON.parse(json));
      }),
    );
  });

  it('that is null, empty, text or binary says so', () => {
    expect(showPayload(null).kind).toBe('null');
    expect(showPayload(bytes('')).kind).toBe('empty');
    expect(showPayload(bytes('hello')).kind).toBe('text');
    expect(showPayload(Uint8Array.of(0xff, 0xfe, 0x00))).toMatchObject({ kind: 'binary', raw: null });
  });

  it('of ten megabytes is cut, and says so', () => {
    const view = showPayload(bytes(`{"a":"${'é'.repeat(5_000_000)}"}`));
    expect(view).toMatchObject({ kind: 'text', truncated: true, sizeBytes: 10_000_008 });
    expect(view.raw?.endsWith('é')).toBe(true);
  });

  it('shows its first bytes as hexdump -C does', () => {
    expect(showPayload(bytes('{"id":1}')).hex).toBe(
      '00000000  7b 22 69 64 22 3a 31 7d                           |{"id":1}|',
    );
  });

  it('has a preview of one line', () => {
    expect(previewOf(bytes('{\n  "a": 1\n}'), 300)).toBe('{ "a": 1 }');
    expect(previewOf(Uint8Array.of(0, 1, 2), 300)).toBe('3 bytes of binary data');
  });
});
