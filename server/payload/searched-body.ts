import type { ShownPayload } from '#lib/api/messages.ts';
import { jsonOf } from '#lib/filter/payload-values.ts';
import type { DecodedBody, MissingPayload } from '#lib/payload/decoded-body.ts';
import { compactJson, isDocument, lookThrough } from '#server/payload/look-through.ts';

/**
 * What a filter sees of a payload as its page shows it, masked already: the text that was sent and what an envelope in it holds, where they are JSON and
 * not the body itself, and each with its texts looked through. `undefined` where that is nothing beyond the body.
 */
export function searchedBody(
  { raw, pretty }: Pick<ShownPayload, 'raw' | 'pretty'>,
  body: Uint8Array,
  missing: MissingPayload | null,
): DecodedBody | undefined {
  const plain = jsonOf(body);
  const isPlain = plain !== null && isDocument(plain);
  const outer = documentOf(raw);
  const inner = documentOf(pretty);
  const documents: Uint8Array[] = [];
  const add = (document: Uint8Array | null): void => {
    if (document !== null && !documents.some((known) => isEqual(known, document))) documents.push(document);
  };
  const isWrapped = outer === null || inner === null || !isEqual(outer, inner);
  if (outer !== null && !isPlain) add(outer);
  if (inner !== null && (isWrapped || !isPlain)) add(inner);
  for (const document of [outer, inner]) add(document && lookThrough(document));
  // Plain JSON is searched whole, however much of it a page shows.
  const lacks = missing === 'limit' && isPlain && isBeginning(pretty, plain) ? null : missing;
  return documents.length === 0 && lacks === null ? undefined : { documents, missing: lacks };
}

function isBeginning(shown: string | null, json: Uint8Array): boolean {
  if (shown === null) return false;
  const beginning = compactJson(utf8.encode(shown));
  return isEqual(compactJson(json).subarray(0, beginning.length), beginning);
}

const utf8 = new TextEncoder();

function documentOf(text: string | null): Uint8Array | null {
  if (text === null) return null;
  const bytes = utf8.encode(text);
  // One that was written as JSON twice is a text as a whole.
  return isDocument(bytes) ? compactJson(bytes) : lookThrough(bytes);
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
