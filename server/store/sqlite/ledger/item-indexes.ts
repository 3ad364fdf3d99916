import { sql } from 'kysely';

/** What `migrations/ledger-010.ts` says of its indexes, word by word: SQLite takes one only where a query says the same. `items_under_way`. */
export const isUnderWay = sql`intended_at is not null and settled_at is null`;
/** `items_left`. */
export const isLeft = sql`state in ('failed', 'skipped', 'unknown')`;
