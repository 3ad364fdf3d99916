import { canonicalDecimal } from '#lib/filter/decimal.ts';
import type { RawMessage } from '#lib/domain/message.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import type { ValueTest } from '#lib/filter/filter.ts';
import { createLeafScanner, hashPath, type Leaf, readText, unbounded } from '#lib/filter/json-leaves.ts';
import { prepareTest } from '#lib/filter/value-test.ts';

const scanner = createLeafScanner();

/** The part of a message in which paths of the payload are looked for. */
export type SearchedPayload = Pick<RawMessage, 'body'> & { readonly decoded?: DecodedBody };

/**
 * Whether a payload has a value at the path that passes the test. It is looked into where it is JSON, alone or behind the five bytes of a schema
 * registry, and where the decoders have made JSON of it; in everything else there are no paths.
 */
export function payloadHas(payload: SearchedPayload, path: readonly string[], test: ValueTest): boolean {
  const has = preparePath(path, test);
  return documentsOf(payload).some(has);
}

/** Everything of a payload in which paths are looked for; some of it may turn out to be no JSON. */
export function documentsOf({ body, decoded }: SearchedPayload): readonly Uint8Array[] {
  const json = jsonOf(body);
  const documents = decoded?.documents ?? [];
  return json === null ? documents : [json, ...documents];
}

function preparePath(path: readonly string[], test: ValueTest): (json: Uint8Array) => boolean {
  const wanted = path.map((name) => name.toWellFormed());
  const wantedHash = hashPath(wanted);
  const matches = prepareTest(canonicalTest(test));
  const asWritten = prepareTest(test);
  return (json) => {
    let found = false;
    const result = scanner.scan(json, unbounded, (leaf) => {
      if (found || leaf.pathHash !== wantedHash || leaf.depth !== wanted.length) return;
      if (!wanted.every((name, at) => leaf.name(at) === name)) return;
      found = leaf.kind === 'number' ? matches(textOfLeaf(json, leaf)) : asWritten(textOfLeaf(json, leaf));
    });
    return found && result === 'complete';
  };
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
