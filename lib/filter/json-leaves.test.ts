import { fc } from '#lib/testing/properties.ts';
import { describe, expect, test } from 'vitest';
import { createLeafScanner, hashPath, unbounded, type LeafBounds } from '#lib/filter/json-leaves.ts';
import { textOfLeaf } from '#lib/filter/payload-values.ts';
import { canonicalDecimal } from '#lib/filter/decimal.ts';
import { cpuClock } from '#lib/testing/cpu-clock.ts';

const scanner = createLeafScanner();
const utf8 = new TextEncoder();

function scan(document: string | Uint8Array, bounds: LeafBounds = unbounded) {
  const bytes = typeof document === 'string' ? utf8.encode(document) : document;
  const leaves: [path: string[], text: string | null][] = [];
  const result = scanner.scan(bytes, bounds, (leaf) => {
    const path = Array.from({ length: leaf.depth }, (_, at) => leaf.name(at));
    expect(leaf.pathHash).toBe(hashPath(path));
    leaves.push([path, textOfLeaf(bytes, leaf)]);
  });
  return { result, leaves };
}

/** The same by building the document. */
function walk(value: unknown, path: readonly string[] = []): [path: string[], text: string | null][] {
  if (value === null || typeof value !== 'object')
    return [[[...path], typeof value === 'number' ? canonicalDecimal(String(value)) : String(value).toWellFormed()]];
  const inner = Array.isArray(value)
    ? value.flatMap((item) => walk(item, path))
    : Object.entries(value).flatMap(([name, item]) => walk(item, [...path, name.toWellFormed()]));
  return [[[...path], null], ...inner];
}

function parses(document: string): boolean {
  try {
    JSON.parse(document);
    return true;
  } catch {
    return false;
  }
}

const space = fc.constantFrom('', '', ' ', '\n', '\t \r\n');

describe('the values of a JSON document', () => {
  test('are those of JSON.parse, with the names that lead to them', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }), space, fc.nat(3), (value, around, indent) => {
        const document = `${around}${JSON.stringify(value, null, indent)}${around}`;
        expect(scan(document)).toEqual({ result: 'complete', leaves: walk(JSON.parse(document)) });
      }),
      { numRuns: 500 },
    );
  });

  test('a document is taken or refused exactly as JSON.parse does', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '\\',
        '\\u00e9',
        '\\x',
        '1',
        '-',
        '0',
        '.',
        'e',
        'E+',
        'true',
        'tru',
      ],
      ...['false', 'null', ' ', '\n', '\u0001', 'é', '"\\ud83d"', '01', '-0', '1.5e-3', '"a":', '{"a":1}', '[]', '{}'],
    );
    const mutated = fc.tuple(fc.json({ maxDepth: 3 }), fc.nat(), piece, fc.nat(2)).map(([document, at, put, drop]) => {
      const place = at % (document.length + 1);
      return document.slice(0, place) + put + document.slice(place + drop);
    });
    const text = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      mutated,
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(text, (document) => {
        fc.pre(document.isWellFormed() && !document.startsWith('\ufeff'));
        expect(scan(document).result).toBe(parses(document) ? 'complete' : 'malformed');
      }),
      { numRuns: 5_000 },
    );
  });

  test('no bytes make it throw, and it looks at nothing beyond them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(['complete', 'malformed']).toContain(scan(bytes).result);
      }),
      { numRuns: 2_000 },
    );
  });

  test('numbers keep every digit', () => {
    const text = (document: string) => scan(document).leaves[0]?.[1];
    expect(text('12345678901234567890')).toBe('12345678901234567890');
    expect(text('9007199254740993')).toBe('9007199254740993');
    expect(text('0.10')).toBe('0.1');
    expect(text('1E3')).toBe('1000');
    expect(text('-0')).toBe('0');
  });

  test('a document of ten thousand levels, or of megabytes, costs its length', () => {
    const result = (document: string) => scanner.scan(utf8.encode(document), unbounded, () => undefined);
    const tookMs = cpuClock();
    expect(result('['.repeat(10_000) + ']'.repeat(10_000))).toBe('complete');
    expect(result(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`)).toBe('complete');
    expect(result('['.repeat(5_000_000))).toBe('malformed');
    expect(result(`"${'x'.repeat(5_000_000)}"`)).toBe('complete');
    expect(tookMs()).toBeLessThan(3_000);
  });

  test('what is beyond the bounds is not looked at, and said', () => {
    expect(scan('[1,2,3]', { leafMax: 2, depthMax: 8 }).result).toBe('cut');
    expect(scan('[1,2]', { leafMax: 2, depthMax: 8 }).result).toBe('complete');
    expect(scan('{"a":{"b":1}}', { leafMax: 2, depthMax: 1 }).result).toBe('cut');
    expect(scan('{"a":[[1]]}', { leafMax: 2, depthMax: 1 }).result).toBe('complete');
  });
});
