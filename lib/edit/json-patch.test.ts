import { fc } from '#lib/testing/properties.ts';
import { describe, expect, it } from 'vitest';
import { applyPatch, patchProblemText, readPatch } from '#lib/edit/json-patch.ts';
import { isEqualJson } from '#lib/edit/json-equal.ts';
import { parseJson, printJson } from '#lib/edit/json-tree.ts';

function patched(text: string, operations: unknown): string {
  const patch = readPatch(typeof operations === 'string' ? operations : JSON.stringify(operations));
  if ('text' in patch) return `wrong: ${patchProblemText(patch, [])}`;
  const document = parseJson(text);
  const problem = applyPatch(document, patch);
  return problem === null ? printJson(document) : `failed: ${patchProblemText(problem, patch)}`;
}

describe('a JSON document that is read and printed', () => {
  it('is the same to the letter, whatever its spelling', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, 2, '\t'), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        expect(printJson(parseJson(text))).toBe(text);
        expect(printJson(parseJson(` ${json}\n`))).toBe(` ${json}\n`);
      }),
    );
    for (const text of [
      '{"a":9007199254740993,"b":1.10,"a":2}',
      '[ 1 , [ ] ,{ } ]',
      String.raw`"\u00e9\/"`,
      '-0.0e+05',
    ])
      expect(printJson(parseJson(text))).toBe(text);
  });

  it('is taken for JSON exactly where JSON.parse takes it', () => {
    const nearly = fc.oneof(
      fc.string(),
      fc.json(),
      fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '\\', '}', '0', '\u0001')).map(([json, at, by]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + by + json.slice(place + 1);
      }),
    );
    fc.assert(
      fc.property(nearly, (text) => {
        expect(reads(parseJson, text)).toBe(reads(JSON.parse, text));
      }),
      {
        numRuns: 2_000,
      },
    );
  });

  it('says where it is no JSON', () => {
    expect(() => parseJson('{"a":1,}')).toThrow(expect.objectContaining({ at: 7 }));
    expect(() => parseJson('{"a":tru}')).toThrow(expect.objectContaining({ at: 5 }));
    expect(() => parseJson('['.repeat(100_000))).toThrow('nested deeper than 500 levels');
  });
});

function reads(parse: (text: string) => unknown, text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a JSON Patch', () => {
  it('does what each example of RFC 6902 says', () => {
    for (const [before, operations, after] of rfcExamples) {
      const result = patched(JSON.stringify(before), operations);
      if (after === undefined) expect(result).toMatch(/^failed: /);
      else expect(JSON.parse(result)).toEqual(after);
    }
  });

  it('leaves numbers their digits, members their order and white space where it was', () => {
    const text = '{\n  "id": 9007199254740993,\n  "price": 1.10,\n  "zip": "1234",\n  "tags": [ 1, 2 ]\n}\n';
    expect(patched(text, [{ op: 'replace', path: '/zip', value: '01234' }])).toBe(text.replace('"1234"', '"01234"'));
    expect(patched(text, [{ op: 'add', path: '/city', value: 'Ulm' }])).toBe(
      text.replace('[ 1, 2 ]', '[ 1, 2 ],\n  "city": "Ulm"'),
    );
    expect(patched(text, [{ op: 'remove', path: '/tags' }])).toBe(text.replace(',\n  "tags": [ 1, 2 ]', ''));
    expect(patched(text, [{ op: 'remove', path: '/id' }])).toBe(text.replace('"id": 9007199254740993,\n  ', ''));
    expect(patched('{"n":1}', '[{"op":"replace","path":"/n","value":9007199254740993.10}]')).toBe(
      '{"n":9007199254740993.10}',
    );
    expect(patched('{"n":9007199254740993}', '[{"op":"test","path":"/n","value":9007199254740992}]')).toBe(
      'failed: operation 1 (test /n): the value there is another one',
    );
  });

  it('names the operation that cannot be made, and where', () => {
    const operations = [
      { op: 'test', path: '/a', value: 1.0 },
      { op: 'replace', path: '/b/c', value: 2 },
    ];
    expect(patched('{"a":1}', operations)).toBe('failed: operation 2 (replace /b/c): nothing is there');
    expect(patched('{"a":1,"a":2}', [{ op: 'remove', path: '/a' }])).toContain('its name stands there twice');
    expect(patched('[1]', [{ op: 'add', path: '/01', value: 0 }])).toContain('the list has 1 items, and no such place');
  });

  it('is refused as a whole when it is none', () => {
    expect(patched('{}', '{"op":"add"}')).toBe('wrong: it is no list of operations');
    expect(patched('{}', '[{]')).toBe('wrong: it is no JSON: a name in quotes is expected at character 3');
    expect(patched('{}', [])).toBe('wrong: it has no operations');
    expect(patched('{}', [{ op: 'add', path: 'a', value: 1 }])).toContain('no JSON Pointer');
    expect(patched('{}', [{ op: 'add', path: '/a' }])).toContain('its "value" is missing');
    expect(patched('{}', [{ op: 'frob', path: '/a' }])).toContain('none of add, remove');
    expect(patched('{}', [{ op: 'move', path: '/a/b', from: '/a' }])).toContain('into itself');
  });

  it('adds and removes again without a trace, and finds what it added', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), fc.string(), (json, value, name) => {
        const before = `{"kept":${json}}`;
        fc.pre(name !== 'kept');
        const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
        const added = `[{"op":"add","path":${JSON.stringify(path)},"value":${value}},{"op":"test","path":${JSON.stringify(path)},"value":${value}}`;
        expect(patched(before, `${added},{"op":"remove","path":${JSON.stringify(path)}}]`)).toBe(before);
        expect(patched(before, `${added}]`)).toBe(`{"kept":${json},${JSON.stringify(name)}:${value.trim()}}`);
      }),
    );
  });

  it('moves and copies to the letter', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const before = `{"from":${json},"list":[1,2]}`;
        const inner = json.trim();
        expect(patched(before, [{ op: 'copy', from: '/from', path: '/list/1' }])).toBe(
          `{"from":${json},"list":[1,${inner},2]}`,
        );
        expect(patched(before, [{ op: 'move', from: '/from', path: '/list/-' }])).toBe(`{"list":[1,2,${inner}]}`);
      }),
    );
  });
});

describe('a patch that copies', () => {
  const copies = (count: number, from: string) =>
    Array.from({ length: count }, () => ({ op: 'copy', from, path: '/-' }));

  it('is stopped before a document that grows with each copy is large', () => {
    expect(patched('[1]', copies(200, ''))).toMatch(
      /^failed: operation 18 \(copy \/-\): it would copy more than a patch may/,
    );
    const text = JSON.stringify(['x'.repeat(1 << 20)]);
    expect(patched(text, copies(20, '/0'))).toMatch(/^failed: operation 8 .* more than a patch may/);
  });

  it('may copy what a message usually holds', () => {
    expect(patched('["x"]', copies(200, '/0'))).toBe(JSON.stringify(Array.from({ length: 201 }, () => 'x')));
  });
});

describe('two values', () => {
  it('are equal whatever the order of members and the spelling of numbers and strings', () => {
    const equal = (a: string, b: string) => isEqualJson(parseJson(a).root, parseJson(b).root);
    expect(equal('{"a":1.0,"b":[true,null]}', '{ "b":[true,null], "a":1e0 }')).toBe(true);
    expect(equal(String.raw`"\u0041"`, '"A"')).toBe(true);
    expect(equal('9007199254740993', '9007199254740992')).toBe(false);
    expect(equal('{"a":1}', '{"a":1,"b":2}')).toBe(false);
    expect(equal('[1]', '[1,2]')).toBe(false);
    expect(equal('"1"', '1')).toBe(false);
  });
});

/** Appendix A of RFC 6902; without a third part the patch has to fail. */
const rfcExamples: readonly (readonly [unknown, readonly object[], unknown?])[] = [
  [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
  [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
  [{ baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  [{ foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
  [{ baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
  [
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  [
    { foo: ['all', 'grass', 'cows', 'eat'] },
    [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
    { foo: ['all', 'cows', 'eat', 'grass'] },
  ],
  [
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  [{ baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }]],
  [
    { foo: 'bar' },
    [{ op: 'add', path: '/child', value: { grandchild: {} } }],
    { foo: 'bar', child: { grandchild: {} } },
  ],
  [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }], { foo: 'bar', baz: 'qux' }],
  [{ foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }]],
  [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
  [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }]],
  [{ foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }], { foo: ['bar', ['abc', 'def']] }],
  [{ a: 1 }, [{ op: 'replace', path: '', value: [1] }], [1]],
];
