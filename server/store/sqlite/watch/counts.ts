import type { Database } from '#server/store/sqlite/database.ts';
import type { Count } from '#server/store/watch-store.ts';

export function addCounts(db: Database, counts: readonly Count[]): void {
  db.transaction(() => {
    const add = db.prepare(
      'INSERT INTO counts (name, labels, n) VALUES (?, ?, ?) ON CONFLICT (name, labels) DO UPDATE SET n = n + excluded.n',
    );
    for (const { name, labels, n } of counts) add.run(name, sortedJson(labels), n);
  });
}

export function readCounts(db: Database): Count[] {
  const rows = db.prepare('SELECT name, labels, n FROM counts ORDER BY name, labels').all();
  // Labels are what this file wrote.
  return rows.map(({ name, labels, n }) => ({
    name: String(name),
    labels: JSON.parse(String(labels)) as Count['labels'],
    n: Number(n),
  }));
}

/** The same labels are the same text. */
function sortedJson(labels: Count['labels']): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
