import { sql } from 'kysely';
import type { Filter } from '#lib/filter/filter.ts';
import { fold } from '#lib/filter/fold.ts';
import { type Database, queryBuilder } from '#server/store/sqlite/database.ts';
import { valueColumns } from '#server/store/sqlite/index/lower.ts';
import type { IndexSchema } from '#server/store/sqlite/schema.ts';

const build = queryBuilder<IndexSchema>();

/** Up to here it is cheaper to look at each message that an index names than to walk the messages in order of time. */
const candidatesMax = 20_000;

/**
 * Numbers of messages among which are all that the filter can match, where an index tells a small set; `null` where none does:
 * then a match is common, and a walk in order of time meets it soon.
 */
export function findCandidates(db: Database, filter: Filter): readonly number[] | null {
  switch (filter.kind) {
    case 'contains':
      return findText(db, filter.value);
    case 'equals':
      return filter.field === 'connection' ? null : findValue(db, filter.field, filter.value);
    case 'and':
      for (const term of filter.terms) {
        const found = findCandidates(db, term);
        if (found) return found;
      }
      return null;
    case 'or': {
      const union = new Set<number>();
      for (const term of filter.terms) {
        const found = findCandidates(db, term);
        if (!found) return null;
        for (const id of found) union.add(id);
        if (union.size > candidatesMax) return null;
      }
      return [...union];
    }
    case 'all':
    case 'not':
    case 'queue':
    case 'state':
      return null;
  }
}

/** More would only make the question longer. */
const trigramsMax = 30;

/** The index knows which runs of three characters a message has, in whatever text of it: a superset of what contains the whole needle. */
function findText(db: Database, value: string): readonly number[] | null {
  const characters = Array.from(fold(value));
  const trigrams = new Set(characters.slice(2).map((last, n) => `${characters[n]}${characters[n + 1]}${last}`));
  if (trigrams.size === 0) return null;
  // Each is a quoted string of FTS5's own language (https://www.sqlite.org/fts5.html#fts5_strings), side by side means AND, and the whole is bound.
  const match = [...trigrams]
    .slice(0, trigramsMax)
    .map((trigram) => `"${trigram.replaceAll('"', '""')}"`)
    .join(' ');
  return few(
    db,
    sql<{
      id: number;
    }>`select rowid as id from message_texts where message_texts match ${match} limit ${candidatesMax + 1}`,
  );
}

function findValue(db: Database, field: keyof typeof valueColumns, value: string): readonly number[] | null {
  if (field === 'class') {
    return few(
      db,
      sql<{ id: number }>`
        select m.id from error_groups as e cross join group_counts as g on g.grp = e.id and g.n > 0
          cross join messages as m indexed by messages_queue_group_at on m.queue = g.queue and m.grp = g.grp and m.state = g.state
        where e.error_class = ${value.toWellFormed()} limit ${candidatesMax + 1}`,
    );
  }
  const parts = valueColumns[field].map(
    (column) => sql`select m.id from messages as m where ${sql.ref(`m.${column}`)} = ${value.toWellFormed()}`,
  );
  return few(db, sql<{ id: number }>`select id from (${sql.join(parts, sql` union `)}) limit ${candidatesMax + 1}`);
}

function few(db: Database, query: ReturnType<typeof sql<{ id: number }>>): readonly number[] | null {
  const rows = db.all(query.compile(build));
  return rows.length > candidatesMax ? null : rows.map((row) => row.id);
}
