import { fold } from '#lib/filter/fold.ts';
import type { Database } from '#server/store/sqlite/database.ts';

/**
 * A bit-sliced signature file: tells which messages may contain a text or have a value. Every run of three characters of a message's folded texts, and
 * every value that a filter can ask for, sets a bit in the message's signature of 2,048 bits. The signatures of many messages are kept by slice: the same
 * bit of all of them side by side, so that a question reads only the few slices that it names and ANDs them. What is left are candidates, and each is then
 * looked at. FTS5 with trigrams answers the same and was measured at ten times the work for each message that arrives.
 *
 * Messages are numbered without gaps, so a place in a slice is a message. 512 of them are sealed into a young segment as soon as they are there, 31 young
 * ones into an old one (its slice is 1,984 bytes: four rows fill a page). The last few that are not sealed yet are all candidates. Which segments there
 * are follows from the highest number alone.
 */
export const youngSize = 512;
const youngsOfOld = 31;
export const oldSize = youngSize * youngsOfOld;
const slices = 2_048;
const youngWords = youngSize / 32;
const oldWords = oldSize / 32;
/** Slices that stand in one row of a young segment. */
const slicesOfRow = 32;
const rowsOfYoung = slices / slicesOfRow;

/** What a message says, for its signature. */
export interface Signed {
  readonly texts: readonly (string | null)[];
  readonly values: readonly (readonly [tag: ValueTag, value: string | null])[];
}

/** `q` is the number of a queue, `k` a key's text or digest, `x` an error class. */
export type ValueTag = 'q' | 'k' | 't' | 'x' | 'c' | 'e';

export interface SignatureWriter {
  /** In the transaction that inserts the message, in the order of the numbers; seals the segment that it fills. */
  add(id: number, signed: Signed): void;
  /** After a transaction that was rolled back. */
  forget(): void;
}

/** `load` reads what another writer, or this one before it was started, has inserted. */
export function createSignatureWriter(
  db: Database,
  load: (from: number, to: number) => Iterable<readonly [id: number, signed: Signed]>,
): SignatureWriter {
  const bits = new Uint32Array(slices * youngWords);
  const covered = new Uint8Array(youngSize);
  /** The young segment that `bits` is about. */
  let young = -1;

  const begin = (segment: number): void => {
    young = segment;
    bits.fill(0);
    covered.fill(0);
  };
  const setBits = (place: number, signed: Signed): void => {
    covered[place] = 1;
    const word = place >>> 5;
    const mask = 1 << (place & 31);
    for (const text of signed.texts) if (text !== null) setTrigrams(bits, word, mask, fold(text));
    for (const [tag, value] of signed.values)
      if (value !== null) for (const slice of valueSlices(tag, value)) setBit(bits, slice * youngWords + word, mask);
  };
  const write = (segment: number): void => {
    const first = segment * youngSize + 1;
    if (covered.includes(0))
      for (const [id, signed] of load(first, first + youngSize - 1))
        if (covered[id - first] === 0) setBits(id - first, signed);
    const insert = db.prepare('INSERT INTO young_signatures (id, bits) VALUES (?, ?)');
    const rowBytes = slicesOfRow * youngWords * 4;
    for (let row = 0; row < rowsOfYoung; row += 1)
      insert.run(segment * rowsOfYoung + row, new Uint8Array(bits.buffer, row * rowBytes, rowBytes));
    young = -1;
    if (segment % youngsOfOld === youngsOfOld - 1) mergeYoung(db, (segment - youngsOfOld + 1) / youngsOfOld);
  };
  return {
    add(id, signed) {
      const place = (id - 1) % youngSize;
      const segment = (id - 1 - place) / youngSize;
      if (segment !== young) begin(segment);
      setBits(place, signed);
      if (place === youngSize - 1) write(segment);
    },
    forget() {
      young = -1;
    },
  };
}

function mergeYoung(db: Database, old: number): void {
  const merged = new Uint32Array(slices * oldWords);
  const [from, to] = [old * youngsOfOld * rowsOfYoung, (old + 1) * youngsOfOld * rowsOfYoung - 1];
  for (const row of db.prepare('SELECT id, bits FROM young_signatures WHERE id BETWEEN ? AND ?').iterate(from, to)) {
    const id = Number(row['id']);
    const part = wordsOf(row['bits']);
    const place = Math.floor((id - from) / rowsOfYoung) * youngWords;
    const firstSlice = (id % rowsOfYoung) * slicesOfRow;
    for (let slice = 0; slice < slicesOfRow; slice += 1)
      for (let word = 0; word < youngWords; word += 1)
        merged[(firstSlice + slice) * oldWords + place + word] = part[slice * youngWords + word] ?? 0;
  }
  const insert = db.prepare('INSERT INTO signatures (id, bits) VALUES (?, ?)');
  for (let slice = 0; slice < slices; slice += 1)
    insert.run(old * slices + slice, new Uint8Array(merged.buffer, slice * oldWords * 4, oldWords * 4));
  db.prepare('DELETE FROM young_signatures WHERE id BETWEEN ? AND ?').run(from, to);
}

/** A question to the signatures. `slices`: all of them are set. `ids`: messages that are known by other means. */
export type Probe =
  | { readonly kind: 'any' }
  | { readonly kind: 'slices'; readonly slices: readonly number[] }
  | { readonly kind: 'ids'; readonly ids: readonly number[] }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Probe[] };

/** More would only be more to read: each leaves about an eighth of what was left. */
const trigramsMax = 12;

/** A text shorter than three characters says nothing. */
export function textProbe(text: string): Probe {
  const folded = fold(text);
  const found = new Set<number>();
  for (let index = 2; index < folded.length && found.size < 200; index += 1)
    found.add(trigramSlice(folded.charCodeAt(index - 2), folded.charCodeAt(index - 1), folded.charCodeAt(index)));
  if (found.size === 0) return { kind: 'any' };
  const step = Math.max(1, found.size / trigramsMax);
  return { kind: 'slices', slices: [...found].filter((_, n) => Math.floor(n / step) !== Math.floor((n - 1) / step)) };
}

export function valueProbe(tag: ValueTag, value: string): Probe {
  return { kind: 'slices', slices: valueSlices(tag, value) };
}

/** Numbers of all messages that may match, newest first; `null` when they are more than `max`. */
export function probeSignatures(db: Database, probe: Probe, max: number): number[] | null {
  const highest = Number(db.prepare('SELECT max(id) AS id FROM messages').get()?.['id'] ?? 0);
  const youngs = Math.floor(highest / youngSize);
  const olds = Math.floor(youngs / youngsOfOld);
  const found: number[] = [];
  for (let id = highest; id > youngs * youngSize; id -= 1) found.push(id);

  const collect = (first: number, words: Uint32Array | null): boolean => {
    if (words === null) return false;
    for (let word = words.length - 1; word >= 0; word -= 1) {
      let left = words[word] ?? 0;
      while (left !== 0) {
        const bit = 31 - Math.clz32(left);
        left ^= 1 << bit;
        found.push(first + word * 32 + bit);
      }
      if (found.length > max) return false;
    }
    return true;
  };
  const readYoung = db.prepare('SELECT bits FROM young_signatures WHERE id = ?');
  const readOld = db.prepare('SELECT bits FROM signatures WHERE id = ?');

  for (let young = youngs - 1; young >= olds * youngsOfOld; young -= 1) {
    const words = evaluate(probe, young * youngSize + 1, youngWords, (slice) => {
      const row = wordsOf(readYoung.get(young * rowsOfYoung + Math.floor(slice / slicesOfRow))?.['bits']);
      return row.subarray((slice % slicesOfRow) * youngWords, ((slice % slicesOfRow) + 1) * youngWords);
    });
    if (!collect(young * youngSize + 1, words)) return null;
  }
  for (let old = olds - 1; old >= 0; old -= 1) {
    const words = evaluate(probe, old * oldSize + 1, oldWords, (slice) =>
      wordsOf(readOld.get(old * slices + slice)?.['bits']),
    );
    if (!collect(old * oldSize + 1, words)) return null;
  }
  return found;
}

/** `null`: every message of the segment may match. */
function evaluate(
  probe: Probe,
  first: number,
  words: number,
  read: (slice: number) => Uint32Array,
): Uint32Array | null {
  switch (probe.kind) {
    case 'any':
      return null;
    case 'slices': {
      const [head = 0, ...others] = probe.slices;
      const result = read(head).slice();
      for (const slice of others) if (!intersect(result, read(slice))) break;
      return result;
    }
    case 'ids': {
      const result = new Uint32Array(words);
      for (const id of probe.ids) {
        const place = id - first;
        if (place >= 0 && place < words * 32) setBit(result, place >>> 5, 1 << (place & 31));
      }
      return result;
    }
    case 'and': {
      let result: Uint32Array | null = null;
      for (const term of probe.terms) {
        const other = evaluate(term, first, words, read);
        if (!other) continue;
        if (!result) result = other;
        else if (!intersect(result, other)) break;
      }
      return result;
    }
    case 'or': {
      const result = new Uint32Array(words);
      for (const term of probe.terms) {
        const other = evaluate(term, first, words, read);
        if (!other) return null;
        for (const [index, word] of other.entries()) setBit(result, index, word);
      }
      return result;
    }
  }
}

/** Answers whether anything is left. */
function intersect(target: Uint32Array, other: Uint32Array): boolean {
  let left = 0;
  for (let index = 0; index < target.length; index += 1) {
    const word = (target[index] ?? 0) & (other[index] ?? 0);
    target[index] = word;
    left |= word;
  }
  return left !== 0;
}

function setTrigrams(bits: Uint32Array, word: number, mask: number, text: string): void {
  if (text.length < 3) return;
  let a = text.charCodeAt(0);
  let b = text.charCodeAt(1);
  for (let index = 2; index < text.length; index += 1) {
    const c = text.charCodeAt(index);
    const at = trigramSlice(a, b, c) * youngWords + word;
    bits[at] = (bits[at] ?? 0) | mask;
    a = b;
    b = c;
  }
}

function setBit(bits: Uint32Array, index: number, mask: number): void {
  bits[index] = (bits[index] ?? 0) | mask;
}

/** UTF-16 units, as `String.includes` compares them. */
function trigramSlice(a: number, b: number, c: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 21;
}

/** Four bits a value: one in three thousand others has all of them. */
function valueSlices(tag: ValueTag, value: string): readonly [number, number, number, number] {
  let hash = 0x811c9dc5 ^ tag.charCodeAt(0);
  for (let index = 0; index < value.length; index += 1) hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193);
  const one = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  const two = Math.imul(one ^ (one >>> 12), 0x297a2d39);
  return [one >>> 21, (one >>> 10) & (slices - 1), two >>> 21, (two >>> 10) & (slices - 1)];
}

/** Slices stand in the byte order of the machine: all that open a file are on one. */
function wordsOf(bits: unknown): Uint32Array {
  if (!(bits instanceof Uint8Array)) throw new Error('A segment of signatures is not there');
  if (bits.byteOffset % 4 === 0) return new Uint32Array(bits.buffer, bits.byteOffset, bits.byteLength / 4);
  return new Uint32Array(bits.slice().buffer);
}
