import { createLeafScanner, readText, unbounded } from '#lib/filter/json-leaves.ts';

/** Documents in texts of documents; what is further inside stays a text. */
const layersMax = 4;
const utf8 = new TextEncoder();

/**
 * The document with each text in it that is a JSON object or array itself in the place of that text, so that paths lead through it:
 * `{"Message":"{\"id\":1}"}` becomes `{"Message":{"id":1}}`. `null` where there is none. Everything else stays to the letter.
 */
export function lookThrough(json: Uint8Array, layer = 1): Uint8Array | null {
  const found: { readonly start: number; readonly end: number; readonly inner: Uint8Array }[] = [];
  const texts = textsOf(json);
  for (const { start, end } of texts) {
    const inner = utf8.encode(readText(json, start, end));
    if (!isDocument(inner)) continue;
    found.push({
      start: start - 1,
      end: end + 1,
      inner: (layer < layersMax && lookThrough(inner, layer + 1)) || inner,
    });
  }
  if (found.length === 0) return null;
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const { start, end, inner } of found) {
    parts.push(json.subarray(kept, start), inner);
    kept = end;
  }
  return Buffer.concat([...parts, json.subarray(kept)]);
}

/** Whether the bytes are one whole JSON object or array. */
export function isDocument(bytes: Uint8Array): boolean {
  let at = 0;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  if (bytes[at] !== openObject && bytes[at] !== openArray) return false;
  return createLeafScanner().scan(bytes, unbounded, () => undefined) === 'complete';
}

const [openObject, openArray] = [0x7b, 0x5b];
const [backslash, quote] = [0x5c, 0x22];

/** Texts that could be documents: they begin like one, perhaps behind white space, and have something escaped. */
function textsOf(json: Uint8Array): readonly { readonly start: number; readonly end: number }[] {
  const texts: { readonly start: number; readonly end: number }[] = [];
  const result = createLeafScanner().scan(json, unbounded, ({ kind, start, end, plain }) => {
    if (kind !== 'text' || plain) return;
    const first = json[start];
    if (first === openObject || first === openArray || first === 0x20 || first === backslash)
      texts.push({ start, end });
  });
  return result === 'complete' ? texts : [];
}

/** Without the white space between its tokens. */
export function compactJson(json: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(json.length);
  let length = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0;
    if (!isText && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) continue;
    out[length++] = byte;
    if (byte === quote) isText = !isText;
    else if (byte === backslash && isText) {
      at += 1;
      out[length++] = json[at] ?? 0;
    }
  }
  return new Uint8Array(out.subarray(0, length));
}
