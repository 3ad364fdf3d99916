import { isAscii } from 'node:buffer';
import type { Header } from '#lib/domain/message.ts';
import { canonicalDecimal } from '#lib/filter/decimal.ts';
import type { Content } from '#lib/filter/evaluate.ts';
import type { ValueTest } from '#lib/filter/filter.ts';
import { isPlainHeader, lowerName, walkHeaders } from '#lib/filter/header-values.ts';
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

/** Slices are numbered from 0 here. */
export function markContent(content: Content, set: (slice: number) => void): void {
  markHeaders(content, set);
  markPayload(content.body, set);
}

function markHeaders({ headers, properties }: Content, set: (slice: number) => void): void {
  if (headers.length + properties.length > headersMax) return set(overflow.headers);
  const rest: Header[] = [];
  for (const header of headers) if (!markPlainHeader(header, set)) rest.push(header);
  for (const header of properties) if (!markPlainHeader(header, set)) rest.push(header);
  if (rest.length === 0) return;
  let count = 0;
  walkHeaders({ headers: rest, properties: [] }, (name, text) => {
    count += 1;
    if (count > headersMax) return;
    const hash = hashOfName(name);
    setPresence(hash, set);
    if (text !== null) setValue(hashText(hash, text), set);
  });
  if (count > headersMax) set(overflow.headers);
}

/** Most values are bytes of ASCII, and their text need not be made. */
function markPlainHeader({ name, value }: Header, set: (slice: number) => void): boolean {
  if (value.kind !== 'bytes' || !isAscii(value.bytes) || !isPlainHeader(name, value.bytes)) return false;
  const hash = hashOfName(name);
  setPresence(hash, set);
  setValue(hashBytes(hash, value.bytes, 0, value.bytes.length), set);
  return true;
}

function markPayload(body: Uint8Array | null, set: (slice: number) => void): void {
  const json = jsonOf(body);
  if (!json || !mayBeJson(json)) return;
  if (json.length > bodyBytesMax) return set(overflow.payload);
  const result = scanner.scan(json, { leafMax: leavesMax, depthMax }, (leaf) => {
    setPresence(leaf.pathHash, set);
    if (leaf.kind !== 'container') setValue(hashLeaf(json, leaf), set);
  });
  if (result === 'cut') set(overflow.payload);
}

function mayBeJson(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0;
  // { [ a byte order mark, or space before them; a document that is one value alone has no path.
  return first === 0x7b || first === 0x5b || first === 0xef || first <= 0x20;
}

function hashLeaf(json: Uint8Array, leaf: Leaf): number {
  if (leaf.kind === 'text' ? leaf.plain : leaf.kind !== 'number' || isPlainNumber(json, leaf))
    return hashBytes(leaf.pathHash, json, leaf.start, leaf.end);
  return hashText(leaf.pathHash, textOfLeaf(json, leaf) ?? '');
}

/** Digits alone, without a zero before them: that is the one way to write it. */
function isPlainNumber(json: Uint8Array, { start, end }: Leaf): boolean {
  if (json[start] === 0x30 || end - start > 30) return false;
  for (let at = start; at < end; at += 1) {
    const byte = json[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
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
  if (test.kind !== 'is') return [collect((set) => setPresence(hash, set)), [overflowed]];
  const texts = new Set([test.value.toWellFormed(), canonicalDecimal(test.value)]);
  return [...[...texts].map((text) => collect((set) => setValue(hashText(hash, text), set))), [overflowed]];
}

function collect(mark: (set: (slice: number) => void) => void): readonly number[] {
  const slices = new Set<number>();
  mark((slice) => slices.add(slice));
  return [...slices];
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

function setPresence(hash: number, set: (slice: number) => void): void {
  const one = mix(hash ^ 0x5bd1e995);
  const two = mix(one);
  set(sliceOf(one >>> 16));
  set(sliceOf(one & 0xffff));
  set(sliceOf(two >>> 16));
}

function setValue(hash: number, set: (slice: number) => void): void {
  let mixed = hash;
  for (let round = 0; round < 4; round += 1) {
    mixed = mix(mixed + round);
    set(sliceOf(mixed >>> 16));
    set(sliceOf(mixed & 0xffff));
  }
}

function mix(hash: number): number {
  const one = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const two = Math.imul(one ^ (one >>> 12), 0x297a2d39);
  return two ^ (two >>> 15);
}

/** 16 bits onto the slices that are not reserved. */
function sliceOf(bits: number): number {
  return reserved + ((bits * (contentSlices - reserved)) >>> 16);
}
