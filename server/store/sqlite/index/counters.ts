import type { Database } from '#server/store/sqlite/database.ts';

/** Adds up changes of one queue's counts within a transaction and writes each counter once. */
export interface Counters {
  add(group: number, state: number, n: number): void;
  write(): void;
}

/** More than there are states. */
const statesMax = 16;

export function createCounters(db: Database, queue: number): Counters {
  const byState = new Map<number, number>();
  const byGroup = new Map<number, number>();
  return {
    add(group, state, n) {
      byState.set(state, (byState.get(state) ?? 0) + n);
      const cell = group * statesMax + state;
      byGroup.set(cell, (byGroup.get(cell) ?? 0) + n);
    },
    write() {
      const addState = db.prepare(
        'INSERT INTO state_counts (queue, state, n) VALUES (?, ?, ?) ON CONFLICT (queue, state) DO UPDATE SET n = n + excluded.n',
      );
      for (const [state, n] of byState) if (n !== 0) addState.run(queue, state, n);
      const addGroup = db.prepare(
        'INSERT INTO group_counts (queue, grp, state, n) VALUES (?, ?, ?, ?) ON CONFLICT (queue, grp, state) DO UPDATE SET n = n + excluded.n',
      );
      for (const [cell, n] of byGroup)
        if (n !== 0) addGroup.run(queue, Math.floor(cell / statesMax), cell % statesMax, n);
    },
  };
}
