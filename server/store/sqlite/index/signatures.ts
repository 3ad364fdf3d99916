import type { Database } from '#server/store/sqlite/database.ts';
import type { ContentQuestion } from '#server/store/sqlite/index/content-slices.ts';
import {
  rowWords,
  type Signed,
  sign,
  slices,
  textSlices,
  textSlicesOf,
  valueSlices,
  type ValueTag,
} from '#server/store/sqlite/index/signature-bits.ts';

/**
 * A bit-sliced signature file: tells which messages may contain a text or have a value. Every run of three characters of a message's folded texts, and
 * every value that a filter can ask for, sets bits in the message's signature: 2,048 for what the index has of it, as many for its headers and its
 * payload (`content-slices.ts`). The signatures of many messages are kept by slice: the same
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
const youngWords = youngSize / 32;
const oldWords = oldSize / 32;
/** Slices that stand in one row of a young segment. */
const slicesOfRow = 32;
const rowsOfYoung = slices / slicesOfRow;

export interface SignatureWriter {
  /** In the transaction that inserts the message, in the order of the numbers. Seals the segment that it fills. */
  add(id: number, signed: Signed): void;
  /** After a transaction that was rolled back. */
  forget(): void;
}

/** `load` reads what another writer, or this one before it was started, has inserted. */
export function createSignatureWriter(
  db: Database,
  load: (from: number, to: number) => Iterable<readonly [id: number, signed: Signed]>,
): SignatureWriter {
  // A message's bits side by side, and turned into slices when the segment is full.
  const rows = new Int32Array(youngSize * rowWords);
  const covered = new Uint8Array(youngSize);
  /** The young segment that `rows` is about. */
  let young = -1;

  const begin = (segment: number): void => {
    young = segment;
    rows.fill(0);
    covered.fill(0);
  };
  const rowAt = (place: number): Int32Array => {
    covered[place] = 1;
    return rows.subarray(place * rowWords, (place + 1) * rowWords);
  };
  const write = (segment: number): void => {
    const first = segment * youngSize + 1;
    // What this transaction has inserted is covered; what is not was committed before, contents included.
    const uncovered = covered.lastIndexOf(0);
    if (uncovered >= 0)
      for (const [id, signed] of load(first, first + uncovered))
        if (covered[id - first] === 0) sign(rowAt(id - first), signed);
    const bits = sliceUp(rows);
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
      sign(rowAt(place), signed);
      if (place === youngSize - 1) write(segment);
    },
    forget() {
      young = -1;
    },
  };
}

/** From messages by slices to slices by messages, 32 by 32 bits at a time. */
function sliceUp(rows: Int32Array): Int32Array {
  const bits = new Int32Array(slices * youngWords);
  const block = new Int32Array(32);
  for (let word = 0; word < youngWords; word += 1) {
    for (let column = 0; column < rowWords; column += 1) {
      for (let row = 0; row < 32; row += 1) block[row] = rows[(word * 32 + row) * rowWords + column] ?? 0;
      transpose(block);
      for (let slice = 0; slice < 32; slice += 1) bits[(column * 32 + slice) * youngWords + word] = block[slice] ?? 0;
    }
  }
  return bits;
}

/** Swaps halves, quarters and so on down to single bits: row n, bit m becomes row m, bit n (Warren, Hacker's Delight, 7-3). */
function transpose(block: Int32Array): void {
  let mask = 0x0000ffff;
  for (let width = 16; width !== 0; width >>>= 1, mask ^= mask << width) {
    for (let row = 0; row < 32; row = (row + width + 1) & ~width) {
      const upper = block[row] ?? 0;
      const lower = block[row + width] ?? 0;
      const swapped = ((upper >>> width) ^ lower) & mask;
      block[row] = upper ^ (swapped << width);
      block[row + width] = lower ^ swapped;
    }
  }
}

function mergeYoung(db: Database, old: number): void {
  const merged = new Int32Array(slices * oldWords);
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
  const found = textSlicesOf(text, 200);
  if (found.size === 0) return { kind: 'any' };
  const step = Math.max(1, found.size / trigramsMax);
  return { kind: 'slices', slices: [...found].filter((_, n) => Math.floor(n / step) !== Math.floor((n - 1) / step)) };
}

export function valueProbe(tag: ValueTag, value: string): Probe {
  return { kind: 'slices', slices: valueSlices(tag, value) };
}

export function contentProbe(question: ContentQuestion): Probe {
  const terms = question.map((set): Probe => ({ kind: 'slices', slices: set.map((slice) => textSlices + slice) }));
  return { kind: 'or', terms };
}

/** Numbers of all messages that may match, newest first; `null` when they are more than `max`. */
export function probeSignatures(db: Database, probe: Probe, max: number): number[] | null {
  const { highest, youngs, olds, ofYoung, ofOld } = segmentsOf(db, probe);
  const found: number[] = [];
  for (let id = highest; id > youngs * youngSize; id -= 1) found.push(id);

  const collect = (first: number, words: Int32Array | null): boolean => {
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
  for (let young = youngs - 1; young >= olds * youngsOfOld; young -= 1)
    if (!collect(young * youngSize + 1, ofYoung(young))) return null;
  for (let old = olds - 1; old >= 0; old -= 1) if (!collect(old * oldSize + 1, ofOld(old))) return null;
  return found;
}

/** Whether a message may match, where those that may are too many to be listed: its segment is read when the first of it is asked for. */
export function sieveBySignatures(db: Database, probe: Probe): (id: number) => boolean {
  const { youngs, olds, ofYoung, ofOld } = segmentsOf(db, probe);
  const known = new Map<number, Int32Array | null>();
  const wordsAt = (first: number, read: () => Int32Array | null): Int32Array | null => {
    let words = known.get(first);
    if (words === undefined) known.set(first, (words = read()));
    return words;
  };
  return (id) => {
    const young = Math.floor((id - 1) / youngSize);
    if (young >= youngs) return true;
    const old = Math.floor(young / youngsOfOld);
    const first = old < olds ? old * oldSize + 1 : young * youngSize + 1;
    const words = wordsAt(first, () => (old < olds ? ofOld(old) : ofYoung(young)));
    return words === null || ((words[(id - first) >>> 5] ?? 0) & (1 << ((id - first) & 31))) !== 0;
  };
}

/** Which segments there are, and what a probe leaves of each. */
function segmentsOf(db: Database, probe: Probe) {
  const highest = Number(db.prepare('SELECT max(id) AS id FROM messages').get()?.['id'] ?? 0);
  const youngs = Math.floor(highest / youngSize);
  const readYoung = db.prepare('SELECT bits FROM young_signatures WHERE id = ?');
  const readOld = db.prepare('SELECT bits FROM signatures WHERE id = ?');
  return {
    highest,
    youngs,
    olds: Math.floor(youngs / youngsOfOld),
    ofYoung: (young: number) =>
      evaluate(probe, young * youngSize + 1, youngWords, (slice) => {
        const row = wordsOf(readYoung.get(young * rowsOfYoung + Math.floor(slice / slicesOfRow))?.['bits']);
        return row.subarray((slice % slicesOfRow) * youngWords, ((slice % slicesOfRow) + 1) * youngWords);
      }),
    ofOld: (old: number) =>
      evaluate(probe, old * oldSize + 1, oldWords, (slice) => wordsOf(readOld.get(old * slices + slice)?.['bits'])),
  };
}

/** `null`: every message of the segment may match. */
function evaluate(probe: Probe, first: number, words: number, read: (slice: number) => Int32Array): Int32Array | null {
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
      const result = new Int32Array(words);
      for (const id of probe.ids) {
        const place = id - first;
        if (place >= 0 && place < words * 32) setBit(result, place >>> 5, 1 << (place & 31));
      }
      return result;
    }
    case 'and': {
      let result: Int32Array | null = null;
      for (const term of probe.terms) {
        const other = evaluate(term, first, words, read);
        if (!other) continue;
        if (!result) result = other;
        else if (!intersect(result, other)) break;
      }
      return result;
    }
    case 'or': {
      const result = new Int32Array(words);
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
function intersect(target: Int32Array, other: Int32Array): boolean {
  let left = 0;
  for (let index = 0; index < target.length; index += 1) {
    const word = (target[index] ?? 0) & (other[index] ?? 0);
    target[index] = word;
    left |= word;
  }
  return left !== 0;
}

function setBit(bits: Int32Array, index: number, mask: number): void {
  bits[index] = (bits[index] ?? 0) | mask;
}

/** Slices stand in the byte order of the machine: all that open a file are on one. */
function wordsOf(bits: unknown): Int32Array {
  if (!(bits instanceof Uint8Array)) throw new Error('A segment of signatures is not there');
  if (bits.byteOffset % 4 === 0) return new Int32Array(bits.buffer, bits.byteOffset, bits.byteLength / 4);
  return new Int32Array(bits.slice().buffer);
}
