import type { Header, RawMessage } from '#lib/domain/message.ts';
import { createLeafScanner, unbounded } from '#lib/filter/json-leaves.ts';
import { jsonOf } from '#lib/filter/payload-values.ts';

const scanner = createLeafScanner();

/**
 * Whether a filter sees all of a body as it stands there: plain JSON that wraps nothing, or something without fields. Asked of every message that arrives,
 * so it looks at a few bytes and leaves the rest to `indexOf`; whatever it is not sure of is decoded.
 */
export function isPlainBody({
  body,
  headers,
  properties,
}: Pick<RawMessage, 'body' | 'headers' | 'properties'>): boolean {
  if (body === null || body.length === 0) return true;
  if (headers.some(isEncoded) || properties.some(isEncoded)) return false;
  const first = body[startOfText(body)] ?? 0;
  if (first === openObject || first === openArray) return !wrapsSomething(body);
  if (headers.some(isMessagePack) || properties.some(isMessagePack)) return false;
  // Markup.
  if (first === 0x3c) return true;
  const json = jsonOf(body);
  if (json === null || json === body || (json[0] !== openObject && json[0] !== openArray)) return false;
  return scanner.scan(json, unbounded, ignore) === 'complete' && !wrapsSomething(json);
}

const [openObject, openArray, backslash] = [0x7b, 0x5b, 0x5c];
const ignore = () => undefined;

/** Compressed by its header, or of a schema that stands in one. Brotli, too, begins like JSON at times. */
function isEncoded({ name, value }: Header): boolean {
  switch (name.length) {
    case 16:
      return name.toLowerCase() === 'content-encoding' && !/^(?:identity|utf-?8)?$/i.test(textOf(value));
    case 17:
      return name === '__value_schema_id';
    default:
      return false;
  }
}

/** None of it begins like JSON. */
function isMessagePack({ name, value }: Header): boolean {
  return name.length === 12 && name.toLowerCase() === 'content-type' && /m(?:sg|essage)pack/i.test(textOf(value));
}

function textOf(value: Header['value']): string {
  if (value.kind === 'bytes') return Buffer.from(value.bytes).toString('latin1');
  return 'text' in value ? value.text : '';
}

/** Behind a byte order mark and white space. */
function startOfText(body: Uint8Array): number {
  let at = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  while (at < body.length && (body[at] ?? 0) <= 0x20 && body[at] !== 0) at += 1;
  return at;
}

/** SNS writes it at the beginning. */
const topic = Buffer.from('"TopicArn"');
const topicWithin = 512;
/** Of a wrapper with the error, which may hold the message as an object. */
const failedAt = Buffer.from('"failedAt"');
const original = Buffer.from('"original"');
const cloudData = Buffer.from('"data_base64"');
/** JSON in a text of JSON cannot do without a quote, which has to be escaped. */
const quotes = [Buffer.from('\\"'), Buffer.from('\\u0022')];

function wrapsSomething(json: Uint8Array): boolean {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.length);
  if (bytes.includes(failedAt) && bytes.includes(original)) return true;
  if (bytes.includes(cloudData) || bytes.subarray(0, topicWithin).includes(topic)) return true;
  return bytes.includes(backslash) && quotes.some((quote) => bytes.includes(quote));
}
