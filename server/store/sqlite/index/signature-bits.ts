import { fold } from '#lib/filter/fold.ts';
import { contentSlices, markContent } from '#server/store/sqlite/index/content-slices.ts';

/** Bits of a message's signature, one a slice: those of texts and values, then those of headers and payload. */
export const textSlices = 2_048;
export const slices = textSlices + contentSlices;
/** Words of one message's signature. Signed ones, because bitwise operators answer signed numbers: others would be floats half of the time. */
export const rowWords = slices / 32;

/** What a message says, for its signature. */
export interface Signed {
  readonly texts: readonly (string | null)[];
  readonly values: readonly (readonly [tag: ValueTag, value: string | null])[];
  /** As `writeContent` has it. */
  readonly content: Uint8Array;
}

/** `q` is the number of a queue, `k` a key's text or digest, `x` an error class, `r` a reason, `u` a cause, `w` a trace. */
export type ValueTag = 'q' | 'k' | 't' | 'x' | 'c' | 'e' | 'r' | 'u' | 'w';

/** Sets the bits of what a message says in a row of `rowWords` words. */
export function sign(row: Int32Array, { texts, values, content }: Signed): void {
  for (const text of texts) if (text !== null) setTrigrams(row, text);
  for (const [tag, value] of values) if (value !== null) setValue(row, tag, value);
  markContent(content, row.subarray(textSlices / 32));
}

export function setValue(row: Int32Array, tag: ValueTag, value: string): void {
  const one = valueHash(tag, value);
  const two = secondHash(one);
  setSlice(row, one >>> 21);
  setSlice(row, (one >>> 10) & (textSlices - 1));
  setSlice(row, two >>> 21);
  setSlice(row, (two >>> 10) & (textSlices - 1));
}

/** Of each run of three characters of the folded text, at most so many. */
export function textSlicesOf(text: string, max: number): ReadonlySet<number> {
  const length = unitsOf(fold(text));
  const found = new Set<number>();
  for (let index = 0, run = 0; index < length && found.size < max; index += 1) {
    run = nextRun(run, units[index] ?? 0);
    if (index >= 2) found.add(sliceOfRun(run));
  }
  return found;
}

/** Four bits a value: one in three thousand others has all of them. */
export function valueSlices(tag: ValueTag, value: string): readonly [number, number, number, number] {
  const one = valueHash(tag, value);
  const two = secondHash(one);
  return [one >>> 21, (one >>> 10) & (textSlices - 1), two >>> 21, (two >>> 10) & (textSlices - 1)];
}

function valueHash(tag: ValueTag, value: string): number {
  // As the database keeps it.
  const kept = value.toWellFormed();
  let hash = 0x811c9dc5 ^ tag.charCodeAt(0);
  for (let index = 0; index < kept.length; index += 1) hash = Math.imul(hash ^ kept.charCodeAt(index), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
}

function secondHash(one: number): number {
  return Math.imul(one ^ (one >>> 12), 0x297a2d39);
}

/** ASCII is folded on the way: making a folded copy of each text costs as much again. */
function setTrigrams(row: Int32Array, text: string): void {
  const length = unitsOf(text);
  let run = 0;
  for (let index = 0; index < length; index += 1) {
    let unit = units[index] ?? 0;
    if (unit > 0x7f || unit === 0) return setFoldedTrigrams(row, fold(text));
    if (unit >= 0x41 && unit <= 0x5a) unit |= 0x20;
    run = ((run << 8) | unit) & 0xff_ffff;
    if (index >= 2) setSlice(row, sliceOfRun(run));
  }
}

function setFoldedTrigrams(row: Int32Array, folded: string): void {
  const length = unitsOf(folded);
  let run = 0;
  for (let index = 0; index < length; index += 1) {
    run = nextRun(run, units[index] ?? 0);
    if (index >= 2) setSlice(row, sliceOfRun(run));
  }
}

function setSlice(row: Int32Array, slice: number): void {
  row[slice >>> 5] = (row[slice >>> 5] ?? 0) | (1 << (slice & 31));
}

/** UTF-16 units, as `String.includes` compares them; taken out at once, because a call for each costs more than what is done with it. */
function unitsOf(text: string): number {
  if (text.length > units.length) {
    units = new Uint16Array(text.length * 2);
    unitBytes = Buffer.from(units.buffer);
  }
  unitBytes.write(text, 'utf16le');
  return text.length;
}

let units = new Uint16Array(16_384);
let unitBytes = Buffer.from(units.buffer);

/** The last three units, eight bits of each. */
function nextRun(run: number, unit: number): number {
  return ((run << 8) | ((unit ^ (unit >>> 8)) & 0xff)) & 0xff_ffff;
}

function sliceOfRun(run: number): number {
  return Math.imul(run, 0x9e3779b1) >>> 21;
}
