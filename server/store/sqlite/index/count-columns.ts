import type { TimeRange } from '#lib/filter/filter.ts';
import type { Database } from '#server/store/sqlite/database.ts';
import { countParts, type Part } from '#server/store/sqlite/index/count-parts.ts';
import { statesMax } from '#server/store/sqlite/index/counters.ts';
import type { Buckets, CellCount, Counting } from '#server/store/sqlite/index/counting.ts';
import { readColumns } from '#server/store/sqlite/index/read-columns.ts';

/** Up to so many messages of a range are counted by the indexes as quickly. */
export const usualFewMax = 40_000;
/** So many matches are held while a question is answered: 32 MB. */
const heldMax = 2_000_000;
const roomFirst = 1 << 17;

/** What a question meets within a range: column by column, in no order. */
interface Held {
  readonly count: number;
  readonly at: Float64Array;
  readonly grp: Uint32Array;
  readonly place: Uint32Array;
}

/**
 * Counts like `countParts`, from the columns where a range holds so many messages that the indexes would take longer, and where the columns
 * are there. Every number is the same.
 */
export function countColumns(db: Database, parts: readonly Part[], range: TimeRange, fewMax = usualFewMax): Counting {
  const indexed = countParts(db, parts, range);
  const isOpen = range.from === null && range.to === null;
  // Without a range there are kept counters.
  const held = isOpen ? null : hold(db, parts, range, fewMax);
  const ofRange = held && countsOf(held);
  const heldFor = (buckets: Buckets): Held | null => held ?? hold(db, parts, within(range, buckets), fewMax);
  /** The timeline asks twice for the same stretch. */
  let last: { readonly buckets: Buckets; readonly held: Held | null } | null = null;
  const heldIn = (buckets: Buckets): Held | null => {
    if (last?.buckets !== buckets) last = { buckets, held: heldFor(buckets) };
    return last.held;
  };
  return {
    searchedTo: null,
    get byGroup() {
      return ofRange?.byGroup ?? indexed.byGroup;
    },
    inBuckets(groups, buckets) {
      const found = heldIn(buckets);
      return found ? groupsInBuckets(found, groups, buckets) : indexed.inBuckets(groups, buckets);
    },
    allInBuckets(buckets) {
      const found = heldIn(buckets);
      return found ? allInBuckets(found, buckets) : indexed.allInBuckets(buckets);
    },
    byQueue: (groups) => (held ? groupsByQueue(held, groups) : indexed.byQueue(groups)),
    byCell: () => ofRange?.byCell() ?? indexed.byCell(),
    instantAt: (place, order, since) => indexed.instantAt(place, order, since),
  };
}

function within(range: TimeRange, buckets: Buckets): TimeRange {
  return {
    from: Math.max(range.from ?? -Infinity, buckets.from),
    to: Math.min(range.to ?? Infinity, buckets.to),
  };
}

/** `null` where the indexes do as well. */
function hold(db: Database, parts: readonly Part[], range: TimeRange, fewMax: number): Held | null {
  if (isOfFewGroups(parts) || !holdsMany(db, range, fewMax)) return null;
  const segments = readColumns(db, range);
  if (!segments) return null;
  const from = range.from ?? -Infinity;
  const to = range.to ?? Infinity;
  const masks = masksOf(parts);
  let held = room(roomFirst);
  let count = 0;
  for (const { at, grp, place } of segments) {
    if (count + at.length > held.at.length) held = grown(held, count);
    for (let index = 0; index < at.length; index += 1) {
      const instant = at[index] ?? 0;
      if (instant < from || instant >= to) continue;
      const group = grp[index] ?? 0;
      const cell = place[index] ?? 0;
      if (masks && (masks.named.get(group) ?? masks.others)[cell] !== 1) continue;
      held.at[count] = instant;
      held.grp[count] = group;
      held.place[count] = cell;
      count += 1;
    }
    if (count > heldMax) return null;
  }
  return { ...held, count };
}

/** So few groups are counted by their index as quickly, however many messages there are besides. */
const fewGroups = 16;

function isOfFewGroups(parts: readonly Part[]): boolean {
  return parts.reduce((sum, { groups }) => sum + (groups?.length ?? Infinity), 0) <= fewGroups;
}

/** Whether a range has at least so many messages. */
export function holdsMany(db: Database, { from, to }: TimeRange, many: number): boolean {
  const row = db
    .prepare(
      `SELECT count(*) AS n FROM (SELECT 1 FROM messages INDEXED BY messages_at WHERE at >= ? AND at < ? LIMIT ?)`,
    )
    .get(bounded(from, -1), bounded(to, 1), many);
  return Number(row?.['n'] ?? 0) >= many;
}

function bounded(end: number | null, sign: 1 | -1): number {
  return end === null || !Number.isFinite(end) ? sign * Number.MAX_SAFE_INTEGER : end;
}

function room(size: number): Omit<Held, 'count'> {
  return { at: new Float64Array(size), grp: new Uint32Array(size), place: new Uint32Array(size) };
}

function grown(held: Omit<Held, 'count'>, count: number): Omit<Held, 'count'> {
  const larger = room(held.at.length * 2);
  larger.at.set(held.at.subarray(0, count));
  larger.grp.set(held.grp.subarray(0, count));
  larger.place.set(held.place.subarray(0, count));
  return larger;
}

interface Masks {
  /** By place: 1 where a message there is meant. */
  readonly named: ReadonlyMap<number, Uint8Array>;
  /** Of all groups that are not named. */
  readonly others: Uint8Array;
}

/** `null` where every message is meant. */
function masksOf(parts: readonly Part[]): Masks | null {
  const [only] = parts;
  if (parts.length === 1 && only?.groups === null && only.except.length === 0 && isWhole(only)) return null;
  const places = parts.flatMap(({ existing }) => existing.map(({ id }) => (id + 1) * statesMax));
  const size = places.reduce((most, place) => Math.max(most, place), 0);
  const others = new Uint8Array(size);
  const named = new Map<number, Uint8Array>();
  for (const { groups, except } of parts) for (const group of groups ?? except) named.set(group, new Uint8Array(size));
  for (const { groups, except, cells } of parts) {
    const masks = groups
      ? groups.map((group) => named.get(group) ?? others)
      : [others, ...[...named].flatMap(([group, mask]) => (except.includes(group) ? [] : [mask]))];
    for (const mask of masks) for (const { id, state } of cells) mask[id * statesMax + state] = 1;
  }
  return { named, others };
}

function isWhole({ cells, existing }: Part): boolean {
  return cells.length === existing.length;
}

function countsOf({ count, grp, place }: Held) {
  const ofGroup = new Uint32Array(highest(grp, count) + 1);
  const ofPlace = new Uint32Array(highest(place, count) + 1);
  for (let index = 0; index < count; index += 1) {
    ofGroup[grp[index] ?? 0] = (ofGroup[grp[index] ?? 0] ?? 0) + 1;
    ofPlace[place[index] ?? 0] = (ofPlace[place[index] ?? 0] ?? 0) + 1;
  }
  const byGroup = new Map<number, number>();
  for (const [group, n] of ofGroup.entries()) if (n > 0) byGroup.set(group, n);
  return {
    byGroup,
    byCell: (): readonly CellCount[] =>
      [...ofPlace.entries()].flatMap(([at, n]) =>
        n === 0 ? [] : [{ queue: Math.floor(at / statesMax), state: at % statesMax, n }],
      ),
  };
}

function highest(values: Uint32Array, count: number): number {
  let most = 0;
  for (let index = 0; index < count; index += 1) if ((values[index] ?? 0) > most) most = values[index] ?? 0;
  return most;
}

function groupsInBuckets(
  { count, at, grp }: Held,
  groups: readonly number[],
  { from, to, widthMs, count: buckets }: Buckets,
): ReadonlyMap<number, readonly number[]> {
  const { lines, size } = linesOf(groups, highest(grp, count));
  const counts = new Uint32Array(size * buckets);
  for (let index = 0; index < count; index += 1) {
    const instant = at[index] ?? 0;
    const line = lines[grp[index] ?? 0] ?? 0;
    if (line === 0 || instant < from || instant >= to) continue;
    const bucket = Math.floor((instant - from) / widthMs);
    if (bucket >= buckets) continue;
    const cell = (line - 1) * buckets + bucket;
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return new Map(
    groups.map((group, line) => [group, Array.from(counts.subarray(line * buckets, (line + 1) * buckets))]),
  );
}

/** By group: its place in the list from 1, 0 where it is not there. */
function linesOf(
  groups: readonly number[],
  highestGroup: number,
): { readonly lines: Uint32Array; readonly size: number } {
  const lines = new Uint32Array(Math.max(highestGroup, ...groups.slice(0, 1)) + 1);
  for (const [index, group] of groups.entries()) if (group < lines.length) lines[group] = index + 1;
  return { lines, size: groups.length };
}

function allInBuckets({ count, at }: Held, { from, to, widthMs, count: buckets }: Buckets): readonly number[] {
  const counts = Array.from({ length: buckets }, () => 0);
  for (let index = 0; index < count; index += 1) {
    const instant = at[index] ?? 0;
    if (instant < from || instant >= to) continue;
    const bucket = Math.floor((instant - from) / widthMs);
    if (bucket < buckets) counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

function groupsByQueue(
  { count, grp, place }: Held,
  groups: readonly number[],
): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const { lines } = linesOf(groups, highest(grp, count));
  const counts = groups.map(() => new Map<number, number>());
  for (let index = 0; index < count; index += 1) {
    const line = lines[grp[index] ?? 0] ?? 0;
    const ofGroup = counts[line - 1];
    if (!ofGroup) continue;
    const queue = Math.floor((place[index] ?? 0) / statesMax);
    ofGroup.set(queue, (ofGroup.get(queue) ?? 0) + 1);
  }
  return new Map(groups.map((group, line) => [group, counts[line] ?? new Map<number, number>()]));
}
