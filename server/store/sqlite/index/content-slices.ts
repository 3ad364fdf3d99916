import { isAscii, isUtf8 } from 'node:buffer';
import type { Header } from '#lib/domain/message.ts';
import { canonicalDecimal } from '#lib/filter/decimal.ts';
import type { Content } from '#lib/filter/evaluate.ts';
import type { ValueTest } from '#lib/filter/filter.ts';
import { isPlainHeader, lowerName, walkHeaders } from '#lib/filter/header-values.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import { createLeafScanner, hashPath, type Leaf } from '#lib/filter/json-leaves.ts';
import { jsonOf, textOfLeaf } from '#lib/filter/payload-values.ts';

/**
 * Which bits of a signature the headers and the payload of a message set: for each value eight, and three for the name or path alone. They have
 * a part of the signature to themselves, because they are many and a filter asks for one of them. A message with more than is looked at has
 * a bit of its own for that, and is a candidate of every question.
 */
export const contentSlices = 2_048;
const overflow = { headers: 0, payload: 1 } as const;
const reserved = 2;

const headersMax = 64;
const leavesMax = 128;
const depthMax = 8;
const bodyBytesMax = 64 * 1_024;
/** So much of a value counts for its hash, besides its length. */
const hashedMax = 64;

const scanner = createLeafScanner();
const encoder = new TextEncoder();

/** Sets the bits of a message, the first of them at bit 0 of `row`. */
export function markContent(content: Content, row: Int32Array): void {
  seen.fill(0);
  markHeaders(content, row);
  markPayload(jsonOf(content.body), row);
  if (content.decoded) markDecoded(content.decoded, row);
}

/** What is not there yet may come: until then the message is a candidate of every question. */
function markDecoded({ documents, missing }: DecodedBody, row: Int32Array): void {
  for (const document of documents) markPayload(document, row);
  if (missing === 'schema') setSlice(row, overflow.payload);
}

function markHeaders({ headers, properties }: Content, row: Int32Array): void {
  if (headers.length + properties.length > headersMax) return setSlice(row, overflow.headers);
  const rest: Header[] = [];
  for (const header of headers) if (!markPlainHeader(header, row)) rest.push(header);
  for (const header of properties) if (!markPlainHeader(header, row)) rest.push(header);
  if (rest.length === 0) return;
  let count = 0;
  walkHeaders({ headers: rest, properties: [] }, (name, text) => {
    count += 1;
    if (count > headersMax) return;
    const hash = hashOfName(name);
    setPresence(hash, row);
    if (text !== null) setValue(hashText(hash, text), row);
  });
  if (count > headersMax) setSlice(row, overflow.headers);
}

/** Most values are bytes of ASCII, and their text need not be made. */
function markPlainHeader({ name, value }: Header, row: Int32Array): boolean {
  if (value.kind !== 'bytes' || !isAscii(value.bytes) || !isPlainHeader(name, value.bytes)) return false;
  const hash = hashOfName(name);
  setPresence(hash, row);
  setValue(hashBytes(hash, value.bytes, 0, value.bytes.length), row);
  return true;
}

function markPayload(json: Uint8Array | null, row: Int32Array): void {
  if (!json || !mayBeJson(json)) return;
  if (json.length > bodyBytesMax) return setSlice(row, overflow.payload);
  const result = scanner.scan(json, { leafMax: leavesMax, depthMax }, (leaf) => {
    setPresence(leaf.pathHash, row);
    if (leaf.kind !== 'container') setValue(hashLeaf(json, leaf), row);
  });
  if (result === 'cut') setSlice(row, overflow.payload);
}

function mayBeJson(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  // { [ a byte order mark, or space before them; a document that is one value alone has no path.
  return first === 0x7b || first === 0x5b || first === 0xef || first <= 0x20;
}

/** Of the leaf's text, which for most are its bytes. */
function hashLeaf(json: Uint8Array, leaf: Leaf): number {
  const { kind, start, end, plain } = leaf;
  const isText =
    kind === 'number' ? isCanonical(json, start, end) : plain || isUnescapedUtf8(json.subarray(start, end));
  return isText ? hashBytes(leaf.pathHash, json, start, end) : hashText(leaf.pathHash, textOfLeaf(json, leaf) ?? '');
}

function isUnescapedUtf8(bytes: Uint8Array): boolean {
  return !bytes.includes(0x5c) && isUtf8(bytes);
}

/** Whether `canonicalDecimal` leaves a number of JSON as it is; may say no where it does. */
function isCanonical(json: Uint8Array, start: number, end: number): boolean {
  if (end - start > 30) return false;
  let hasPoint = false;
  for (let at = start; at < end; at += 1) {
    const byte = json[at] ?? 0;
    if (byte === 0x2e) hasPoint = true;
    // A letter is an exponent's.
    else if (byte > 0x39) return false;
  }
  // Zeros at the end of a fraction are left out, and so is the sign of a zero.
  if (hasPoint) return json[end - 1] !== 0x30;
  return json[start] !== 0x2d || json[start + 1] !== 0x30;
}

/** A question to the signatures: each of these sets of slices, where all of it is set, makes a candidate. */
export type ContentQuestion = readonly (readonly number[])[];

export function askHeader(name: string, test: ValueTest): ContentQuestion {
  return ask(hashOfName(name), test, overflow.headers);
}

export function askPayload(path: readonly string[], test: ValueTest): ContentQuestion {
  return ask(hashPath(path.map((name) => name.toWellFormed())), test, overflow.payload);
}

function ask(hash: number, test: ValueTest, overflowed: number): ContentQuestion {
  if (test.kind !== 'is') return [slicesOf((row) => setPresence(hash, row)), [overflowed]];
  const texts = new Set([test.value.toWellFormed(), canonicalDecimal(test.value)]);
  return [...[...texts].map((text) => slicesOf((row) => setValue(hashText(hash, text), row))), [overflowed]];
}

function slicesOf(mark: (row: Int32Array) => void): readonly number[] {
  const row = new Int32Array(contentSlices / 32);
  seen.fill(0);
  mark(row);
  const slices: number[] = [];
  for (const [word, bits] of row.entries())
    for (let left = bits; left !== 0; left &= left - 1) slices.push(word * 32 + 31 - Math.clz32(left & -left));
  return slices;
}

const prime = 0x01000193;
const headerSeed = 0x2f0b4c47;

function hashOfName(name: string): number {
  let hash = headerSeed;
  for (let at = 0; at < name.length; at += 1) {
    const unit = name.charCodeAt(at);
    if (unit > 0x7f) return hashText(headerSeed, lowerName(name));
    hash = Math.imul(hash ^ (unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit), prime);
  }
  return hash;
}

function hashText(before: number, text: string): number {
  const bytes = encoder.encode(text);
  return hashBytes(before, bytes, 0, bytes.length);
}

/** Of what is before, what it says and how long it is. */
function hashBytes(before: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(before ^ 0x1fe, prime);
  const last = Math.min(end, start + hashedMax);
  for (let at = start; at < last; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), prime);
  return Math.imul(hash ^ (end - start), prime);
}

/** Names and paths of this message that are marked already, each where its hash puts it: elements of an array repeat theirs. */
const seen = new Int32Array(64);

function setPresence(hash: number, row: Int32Array): void {
  const place = hash & 63;
  if (seen[place] === hash && hash !== 0) return;
  seen[place] = hash;
  const one = mix(hash ^ 0x5bd1e995);
  setSlice(row, sliceOf(one >>> 21));
  setSlice(row, sliceOf((one >>> 10) & 0x7ff));
  setSlice(row, sliceOf(mix(one) >>> 21));
}

function setValue(hash: number, row: Int32Array): void {
  let mixed = hash;
  for (let pair = 0; pair < 4; pair += 1) {
    mixed = mix(mixed);
    setSlice(row, sliceOf(mixed >>> 21));
    setSlice(row, sliceOf((mixed >>> 10) & 0x7ff));
  }
}

function mix(hash: number): number {
  const mixed = (Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) + 0x3c6ef372) | 0;
  return mixed ^ (mixed >>> 13);
}

/** The reserved slices come first. */
function sliceOf(bits: number): number {
  return bits < reserved ? bits + reserved : bits;
}

function setSlice(row: Int32Array, slice: number): void {
  row[slice >>> 5] = (row[slice >>> 5] ?? 0) | (1 << (slice & 31));
}
