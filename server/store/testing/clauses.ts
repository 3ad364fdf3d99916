import type { Store } from '#server/store/store.ts';

/** How the suite gets at stores of one kind. */
export interface StoreHarness {
  /** The row in the table: `sqlite`, `sqlite threads`. */
  readonly label: string;
  /** Another store on the same data; the suite closes it. Data are empty at the first call. */
  open(): Promise<Store>;
  /** The arguments for `node` of a process that writes to the same data as `durability-child.ts` describes, and is killed. */
  readonly childArguments: readonly string[];
  /** Removes the data. */
  remove(): void;
}

export interface Clauses {
  /** A guarantee, with a store that all clauses of the run share: names must be unique. */
  clause(name: string, body: (store: Store) => Promise<void>): void;
  readonly harness: StoreHarness;
}
