import { canonicalDecimal } from '#lib/filter/decimal.ts';
import type { ValueTest } from '#lib/filter/filter.ts';
import { createLeafScanner, hashPath, type Leaf, readText, unbounded } from '#lib/filter/json-leaves.ts';
import { prepareTest } from '#lib/filter/value-test.ts';

const scanner = createLeafScanner();

/**
 * Whether a payload has a value at the path that passes the test. It is looked into where it is JSON, alone or behind the five bytes of a schema
 * registry; in everything else there are no paths.
 */
export function payloadHas(body: Uint8Array | null, path: readonly string[], test: ValueTest): boolean {
  const json = jsonOf(body);
  if (!json) return false;
  const wanted = path.map((name) => name.toWellFormed());
  const wantedHash = hashPath(wanted);
  const matches = prepareTest(canonicalTest(test));
  const asWritten = prepareTest(test);
  let found = false;
  const result = scanner.scan(json, unbounded, (leaf) => {
    if (found || leaf.pathHash !== wantedHash || leaf.depth !== wanted.length) return;
    if (!wanted.every((name, at) => leaf.name(at) === name)) return;
    found = leaf.kind === 'number' ? matches(textOfLeaf(json, leaf)) : asWritten(textOfLeaf(json, leaf));
  });
  return found && result === 'complete';
}

/** The value as text: what stands between the quotes, a number in its one way of writing; `null` for objects and arrays. */
export function textOfLeaf(bytes: Uint8Array, { kind, start, end }: Leaf): string | null {
  switch (kind) {
    case 'text':
      return readText(bytes, start, end);
    case 'number':
      return canonicalDecimal(latin1.decode(bytes.subarray(start, end)));
    case 'true':
    case 'false':
    case 'null':
      return kind;
    case 'container':
      return null;
  }
}

const latin1 = new TextDecoder('latin1');
const framedFrom = 5;

/** The bytes in which paths are looked for; `null` where they cannot be JSON. */
export function jsonOf(body: Uint8Array | null): Uint8Array | null {
  if (!body) return null;
  // The wire format of Confluent's serialisers: a zero, four bytes of the schema's id, then the document.
  const start = body[0] === 0 && body.length > framedFrom ? framedFrom : 0;
  return body.length > start ? body.subarray(start) : null;
}

function canonicalTest(test: ValueTest): ValueTest {
  return test.kind === 'is' ? { kind: 'is', value: canonicalDecimal(test.value) } : test;
}
