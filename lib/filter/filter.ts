import type { DeadLetterState } from '#lib/domain/dead-letter.ts';

/** A filter as a tree. It is made by `parse`, printed by `serialise`, and lowered to a query by the store; it never holds SQL. */
export type Filter =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  /** Substring, ignoring case; `error` looks at class and message. `text` looks at error, key, type and preview. */
  | { readonly kind: 'contains'; readonly field: TextField; readonly value: string }
  /** As `contains`, with any run of characters between one part and the next. */
  | { readonly kind: 'like'; readonly field: TextField; readonly parts: Parts }
  /** The whole value as it is written. A queue by its whole id, `connection/name`. */
  | { readonly kind: 'equals'; readonly field: ValueField | 'queue'; readonly value: string }
  /** As `equals`, with any run of characters between one part and the next. */
  | { readonly kind: 'matches'; readonly field: ValueField; readonly parts: Parts }
  /** `*` stands for any run of characters. */
  | { readonly kind: 'queue'; readonly pattern: string }
  | { readonly kind: 'state'; readonly state: DeadLetterState }
  /** Counted in one of these groups. Which fingerprints a merged group has is put in by who knows, before the store is asked. */
  | { readonly kind: 'group'; readonly fingerprints: readonly string[] }
  /** Whole numbers, both ends included; both open: whether it is known at all. */
  | {
      readonly kind: 'number';
      readonly field: NumberField;
      readonly from: number | null;
      readonly to: number | null;
    }
  /**
   * `at` is when it was dead-lettered, `original` when it was first produced; `kept` since when its broker counts how long it keeps it, `ends` the end of its own time
   * to live. `expires` hangs on its queue: who knows that puts it in (`lib/expiry`) before the store is asked, and else it is not known. Half-open; both open: whether it is known at all.
   */
  | ({ readonly kind: 'time'; readonly field: TimeField } & TimeRange)
  /** Some header or property of that name, ignoring the case of ASCII letters. An entry of a table is `name.entry`; of a list each item counts. */
  | { readonly kind: 'header'; readonly name: string; readonly test: ValueTest }
  /** Some value at that path of a JSON payload. Arrays are looked through: each element counts. */
  | { readonly kind: 'payload'; readonly path: readonly string[]; readonly test: ValueTest };

export type TextField = 'error' | 'key' | 'type' | 'origin' | 'text';
export type TimeField = 'at' | 'original' | 'expires' | 'kept' | 'ends';
export type NumberField = 'attempts' | 'size' | 'returns';
export type ValueField =
  | 'key'
  | 'type'
  | 'class'
  | 'reason'
  | 'correlation'
  | 'causation'
  | 'event'
  | 'trace'
  | 'connection'
  | 'replay';

/** What stands between wildcards, at least two; only the first and the last may be empty. */
export type Parts = readonly string[];

/** What is asked of one value of a header or of the payload. */
export type ValueTest =
  /** Its text, letter for letter; numbers of JSON by their value, `10` for `10.0`. */
  | { readonly kind: 'is'; readonly value: string }
  /** Two empty parts: that there is one at all. */
  | { readonly kind: 'matches'; readonly parts: Parts }
  /** Its text is a decimal number in this range, compared exactly. At least one end is there. */
  | { readonly kind: 'range'; readonly from: Limit | null; readonly to: Limit | null };

export interface Limit {
  /** A decimal number of any length. */
  readonly value: string;
  readonly inclusive: boolean;
}

/** Half-open: `from <= at < to`, epoch milliseconds; `null` is open. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

export const everything: Filter = { kind: 'all' };
