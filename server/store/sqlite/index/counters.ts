import type { Database } from '#server/store/sqlite/database.ts';

/** Adds up changes of counts within a transaction and writes each counter once. */
export interface Counters {
  add(queue: number, group: number, state: number, n: number): void;
  write(): void;
}

export function createCounters(db: Database): Counters {
  const byState = new Map<string, readonly [queue: number, state: number, n: number]>();
  const byGroup = new Map<string, readonly [queue: number, group: number, state: number, n: number]>();
  return {
    add(queue, group, state, n) {
      const stateKey = `${queue}:${state}`;
      byState.set(stateKey, [queue, state, (byState.get(stateKey)?.[2] ?? 0) + n]);
      const groupKey = `${queue}:${group}:${state}`;
      byGroup.set(groupKey, [queue, group, state, (byGroup.get(groupKey)?.[3] ?? 0) + n]);
    },
    write() {
      const addState = db.prepare(
        'INSERT INTO state_counts (queue, state, n) VALUES (?, ?, ?) ON CONFLICT (queue, state) DO UPDATE SET n = n + excluded.n',
      );
      for (const row of byState.values()) if (row[2] !== 0) addState.run(...row);
      const addGroup = db.prepare(
        'INSERT INTO group_counts (queue, grp, state, n) VALUES (?, ?, ?, ?) ON CONFLICT (queue, grp, state) DO UPDATE SET n = n + excluded.n',
      );
      for (const row of byGroup.values()) if (row[3] !== 0) addGroup.run(...row);
    },
  };
}
