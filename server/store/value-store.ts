import type { Filter, TimeRange, ValueField } from '#lib/filter/filter.ts';

/** The part of the index that knows which values there are, for completion. */
export interface ValueIndex {
  /** Values among the newest matches, the most frequent first. Never more than a sample: `examined` says how many were looked at. */
  countValues(query: ValueQuery): Promise<ValueCounts>;
}

export interface ValueQuery {
  readonly filter: Filter;
  readonly range: TimeRange;
  readonly of: ValueSource;
  /** Only what has this in it, ignoring case. */
  readonly having: string;
  readonly limit: number;
}

export type ValueSource =
  | { readonly kind: 'field'; readonly field: ValueField | 'queue' | 'state' | 'group' | 'origin' | 'error' }
  /** Names of headers and properties. */
  | { readonly kind: 'headers' }
  | { readonly kind: 'header'; readonly name: string }
  /** Paths of values, objects and arrays aside. */
  | { readonly kind: 'paths' }
  | { readonly kind: 'path'; readonly path: readonly string[] };

export interface ValueCounts {
  /** `path` is there where the source is `paths`. A message counts once for each value that it has. */
  readonly values: readonly { readonly value: string; readonly path?: readonly string[]; readonly count: number }[];
  readonly examined: number;
}
