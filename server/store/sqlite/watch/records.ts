import type { Database } from '#server/store/sqlite/database.ts';

export function saveRecord(db: Database, name: string, json: string, at: number): void {
  db.transaction(() =>
    db.prepare('INSERT OR REPLACE INTO records (name, json, at) VALUES (?, ?, ?)').run(name, json, at),
  );
}

export function getRecord(db: Database, name: string): { json: string; at: number } | null {
  const row = db.prepare('SELECT json, at FROM records WHERE name = ?').get(name);
  return row ? { json: String(row['json']), at: Number(row['at']) } : null;
}
