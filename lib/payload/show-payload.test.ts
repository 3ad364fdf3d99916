import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { bytesOfBase64 } from '#lib/payload/envelopes.ts';
import { indentJson } from '#lib/payload/indent-json.ts';
import { hexView, previewOf, textOf } from '#lib/payload/show-payload.ts';
import { readFrame, readMessageIndexes } from '#lib/payload/wire-format.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('indented JSON', () => {
  it('keeps every digit, repeated name and escape', () => {
    const text = '{"id":9007199254740993,"id":1.10,"__proto__":{"a":1e400},"s":"\\u0041 \\" }"}';
    expect(indentJson(text, 10_000)).toEqual({
      text: '{\n  "id": 9007199254740993,\n  "id": 1.10,\n  "__proto__": {\n    "a": 1e400\n  },\n  "s": "\\u0041 \\" }"\n}',
      cut: false,
    });
  });

  it('differs from the text by white space alone, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const { text, cut } = indentJson(json, 1_000_000);
        expect(cut).toBe(false);
        expect(JSON.parse(text)).toEqual(JSON.parse(json));
        expect(indentJson(text, 1_000_000).text).toBe(text);
      }),
    );
  });

  it('is no longer than allowed, whatever the text is, and says that it was cut', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), fc.integer({ min: 0, max: 200 }), (text, max) => {
        const view = indentJson(text, max);
        expect(view.text.length).toBeLessThanOrEqual(max);
      }),
    );
    expect(indentJson('[1,2,3]', 5)).toEqual({ text: '[\n  1', cut: true });
    const deep = indentJson('['.repeat(100_000), 1_000_000);
    expect(deep.text.length).toBeLessThanOrEqual(1_000_000);
  });
});

describe('a payload', () => {
  it('as text is cut at a whole character', () => {
    const text = textOf(bytes(`a${'é'.repeat(1_000_000)}`));
    expect(text?.cut).toBe(true);
    expect(text?.text.endsWith('é')).toBe(true);
    expect(textOf(Uint8Array.of(0xff, 0xfe, 0x00))).toBeUndefined();
  });

  it('in hex says how much of it there is', () => {
    expect(hexView(new Uint8Array(4_096)).split('\n')).toHaveLength(256);
    expect(hexView(new Uint8Array(10_008)).split('\n').slice(255)).toEqual([
      expect.stringMatching(/^00000ff0/),
      '… the first 4,096 of 10,008 bytes',
    ]);
  });

  it('has a preview of one line', () => {
    expect(previewOf(bytes('{\n  "a": 1\n}'), 300)).toBe('{ "a": 1 }');
    expect(previewOf(Uint8Array.of(0, 1, 2), 300)).toBe('3 bytes of binary data');
  });
});

describe('the wire format', () => {
  it('is an id or a GUID before the rest', () => {
    expect(readFrame(Uint8Array.of(0, 0, 0, 1, 2, 9))).toEqual({
      reference: { kind: 'id', id: 258 },
      rest: Uint8Array.of(9),
    });
    expect(readFrame(Uint8Array.of(1, ...Array.from({ length: 17 }, (_, index) => index)))).toEqual({
      reference: { kind: 'guid', guid: '00010203-0405-0607-0809-0a0b0c0d0e0f' },
      rest: Uint8Array.of(16),
    });
    expect(readFrame(Uint8Array.of(0, 0, 0, 1))).toBeUndefined();
    expect(readFrame(bytes('{"a":1}'))).toBeUndefined();
  });

  it('has a zig-zag list of message indexes, and 0 for the first message', () => {
    expect(readMessageIndexes(Uint8Array.of(0, 7))).toEqual({ indexes: [0], rest: Uint8Array.of(7) });
    expect(readMessageIndexes(Uint8Array.of(4, 2, 0, 7))).toEqual({ indexes: [1, 0], rest: Uint8Array.of(7) });
    expect(readMessageIndexes(Uint8Array.of(4, 2))).toBeUndefined();
    expect(readMessageIndexes(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff))).toBeUndefined();
  });
});

it('base64 is strict, in both alphabets', () => {
  expect(bytesOfBase64('AP8Q')).toEqual(Uint8Array.of(0, 255, 16));
  expect(bytesOfBase64('_-8=')).toEqual(Uint8Array.of(0xff, 0xef));
  expect(bytesOfBase64('hello world!')).toBeUndefined();
  expect(bytesOfBase64('AAAAA')).toBeUndefined();
});
