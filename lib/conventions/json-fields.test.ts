import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { readJsonFields } from '#lib/conventions/json-fields.ts';

describe('the fields of a JSON object', () => {
  it('are those of JSON.parse, however it is spaced and nested', () => {
    const objects = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), {
      maxKeys: 5,
    });
    fc.assert(
      fc.property(objects, fc.constantFrom('', ' ', '\t', '\r\n'), (object, space) => {
        const fields = readJsonFields(`${space}${JSON.stringify(object, null, space)}${space}`);
        const names = Object.keys(object);
        expect(names.map((name) => fields?.value(name))).toEqual(
          names.map((name): unknown => JSON.parse(JSON.stringify(object[name]))),
        );
        expect(fields?.has('not there at all')).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('are none where the text is no object or ends early', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, drawn) => {
        const text = JSON.stringify(object);
        expect(readJsonFields(text.slice(0, drawn % text.length))).toBeUndefined();
      }),
    );
    for (const text of ['', '[]', '1', '{}{}', '{"a"}', '{"a":1]', '{"a":1,}', '{a:1}', '{"a":"b']) {
      expect(readJsonFields(text)).toBeUndefined();
    }
  });

  it('are looked for in any text without throwing', () => {
    const noise = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', ' '),
      maxLength: 40,
    });
    fc.assert(fc.property(noise, (text) => void readJsonFields(`{"a":${text}`)?.value('a')));
  });

  it('that do not parse are empty, as is what stands in a prototype', () => {
    const fields = readJsonFields('{"a":nonsense,"b":[1,],"id":"e-1"}');
    expect([fields?.value('a'), fields?.value('b'), fields?.value('id')]).toEqual([undefined, undefined, 'e-1']);
    expect(fields?.value('constructor')).toBeUndefined();
  });

  it('are found by names that are escaped, or not ASCII, and the longer name is not taken for the shorter', () => {
    const fields = readJsonFields('{"größe":"L","\\u0069\\u0064":"e-1","\u{1f600}":true,"ids":1}');
    expect(['größe', 'id', '\u{1f600}', 'ids', 'i', ''].map((name) => fields?.value(name))).toEqual([
      'L',
      'e-1',
      true,
      1,
      undefined,
      undefined,
    ]);
  });

  it('that are valid are told also where the bytes beside them are no UTF-8', () => {
    const bytes = Uint8Array.of(...Buffer.from('{"broken":"'), 0xff, ...Buffer.from('","id":"e-1"}'));
    expect([readJsonFields(bytes)?.value('broken'), readJsonFields(bytes)?.value('id')]).toEqual([undefined, 'e-1']);
  });

  it('count the last of a repeated name', () => {
    expect(readJsonFields('{"id":1,"\\u0069d":2}')?.value('id')).toBe(2);
  });
});
