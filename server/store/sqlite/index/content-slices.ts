import { mayComeLater } from '#lib/payload/decoded-body.ts';
import { isUtf8 } from 'node:buffer';
import type { Header } from '#lib/domain/message.ts';
import { canonicalDecimal } from '#lib/filter/decimal.ts';
import type { ValueTest } from '#lib/filter/filter.ts';
import { lowerName, walkHeaders } from '#lib/filter/header-values.ts';
import { createLeafScanner, hashPath, type Leaf } from '#lib/filter/json-leaves.ts';
import { jsonOf, textOfLeaf } from '#lib/filter/payload-values.ts';
import { isBinaryInteger, mayBeBinaryInteger } from '#lib/payload/show-header.ts';
import { type ContentVisitor, scanContent } from '#server/store/content-scan.ts';

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

/** Sets the bits of a message's encoded content, the first of them at bit 0 of `row`. */
export function markContent(content: Uint8Array, row: Int32Array): void {
  seen.fill(0);
  marked = row;
  headerCount = 0;
  scanContent(content, marking);
}

/** The signature at hand; one at a time, so that no closure is made for each message. */
let marked: Int32Array = new Int32Array();
let headerCount = 0;

const marking: ContentVisitor = {
  headers: countHeaders,
  plainHeader: markPlainHeader,
  header: markHeader,
  body: (body) => markPayload(jsonOf(body), marked),
  document: (json) => markPayload(json, marked),
  missing(why) {
    // What is not there yet may come: until then the message is a candidate of every question.
    if (mayComeLater(why)) setSlice(marked, overflow.payload);
  },
};

function countHeaders(more: number): void {
  headerCount += more;
  if (headerCount > headersMax) setSlice(marked, overflow.headers);
}

/** Names and entries of tables count, too. */
function markHeader(header: Header): void {
  countHeaders(-1);
  walkHeaders({ headers: [header], properties: [] }, (name, text) => {
    countHeaders(1);
    if (headerCount > headersMax) return;
    const hash = hashOfName(name);
    setPresence(hash, marked);
    if (text !== null) setValue(hashText(hash, text), marked);
  });
}

/** Most names are ASCII, and most values are, too, or a text: their bytes are hashed where they stand. */
function markPlainHeader(content: Uint8Array, name: Place, value: Place, isBytes: boolean): boolean {
  const hash = hashOfAsciiName(content, name[0], name[1]);
  const [start, end] = value;
  if (hash === null || (isBytes && !isPlainAscii(content, name, start, end))) return false;
  setPresence(hash, marked);
  setValue(hashBytes(hash, content, start, end), marked);
  return true;
}

type Place = readonly [start: number, end: number];

/** Whether the bytes are the text of the header; may say no where they are. */
function isPlainAscii(content: Uint8Array, name: Place, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = content[at] ?? 0;
    // Tab, the line breaks and escape stand in texts, too.
    if (byte > 0x7f || (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b)) return false;
  }
  return !mayBeBinaryInteger(end - start) || !isBinaryInteger(latin1(content, name), content.subarray(start, end));
}

function latin1(content: Uint8Array, [start, end]: Place): string {
  // A name may be as long as a message, which is more than a call takes arguments.
  return Buffer.from(content.buffer, content.byteOffset + start, end - start).toString('latin1');
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

/** The same hash as `hashOfName`, `null` where a byte is not ASCII. */
function hashOfAsciiName(bytes: Uint8Array, start: number, end: number): number | null {
  let hash = headerSeed;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x7f) return null;
    hash = Math.imul(hash ^ (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte), prime);
  }
  return hash;
}

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
