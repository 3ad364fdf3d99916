import type { DeadLetterState } from '#lib/domain/dead-letter.ts';

/** A filter as a tree. It is made by `parse`, printed by `serialise`, and lowered to a query by the store; it never holds SQL. */
export type Filter =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  /** Substring, ignoring case; `error` looks at class and message. `text` looks at error, key, type and preview. */
  | { readonly kind: 'contains'; readonly field: 'error' | 'key' | 'type' | 'text'; readonly value: string }
  | {
      readonly kind: 'equals';
      /** A queue by its whole id, `connection/name`, in which a `*` is only a `*`. */
      readonly field: 'queue' | 'key' | 'type' | 'class' | 'correlation' | 'event' | 'connection' | 'replay';
      readonly value: string;
    }
  /** `*` stands for any run of characters. */
  | { readonly kind: 'queue'; readonly pattern: string }
  | { readonly kind: 'state'; readonly state: DeadLetterState };

/** Half-open: `from <= at < to`, epoch milliseconds; `null` is open. */
export interface TimeRange {
  readonly from: number | null;
  readonly to: number | null;
}

export const everything: Filter = { kind: 'all' };
