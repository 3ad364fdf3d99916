import type { Database } from '#server/store/sqlite/database.ts';
import { holdsMany, usualFewMax } from '#server/store/sqlite/index/count-columns.ts';
import { readColumns } from '#server/store/sqlite/index/read-columns.ts';

/** Half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Messages of each group within each of the spans, from the columns; `null` where the indexes do as well. Spans do not overlap. */
export function countInSpans(
  db: Database,
  spans: readonly Span[],
  fewMax = usualFewMax,
): readonly ((group: number) => number)[] | null {
  const from = Math.min(...spans.map((span) => span.from));
  const to = Math.max(...spans.map((span) => span.to));
  if (!holdsMany(db, { from, to }, fewMax)) return null;
  const segments = readColumns(db, { from, to });
  if (!segments) return null;
  let counts = spans.map(() => new Uint32Array(1_024));
  for (const { at, grp } of segments) {
    for (let index = 0; index < at.length; index += 1) {
      const instant = at[index] ?? 0;
      if (instant < from || instant >= to) continue;
      const group = grp[index] ?? 0;
      if (group >= (counts[0]?.length ?? 0)) counts = counts.map((each) => grown(each, group));
      for (let span = 0; span < spans.length; span += 1) {
        const { from: start, to: end } = spans[span] ?? { from: 0, to: 0 };
        const ofSpan = counts[span];
        if (ofSpan && instant >= start && instant < end) ofSpan[group] = (ofSpan[group] ?? 0) + 1;
      }
    }
  }
  return counts.map((each) => (group: number) => each[group] ?? 0);
}

function grown(counts: Uint32Array, group: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * (group + 1));
  larger.set(counts);
  return larger;
}
