import { type RawBuilder, sql } from 'kysely';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';

/**
 * `unsearched.waits`: of a message of whose payload a filter does not see all, whether it is worth another try. 0: it is not. 1: it waits for its schema,
 * however long. 2 to 4: there was not the time, and there are one to three tries left. 8 besides: a part of the payload was seen.
 */
const seen = 8;
const schema = 1;
const lastTry = 2;
const firstTry = 4;

/** `null` where nothing is missing. */
export function waitsOf({ missing, documents }: DecodedBody): number | null {
  const part = documents.length > 0 ? seen : 0;
  switch (missing) {
    case null:
      return null;
    case 'schema':
      return part + schema;
    case 'time':
      return part + firstTry;
    case 'limit':
    case 'unreadable':
      return part;
  }
}

/** When there was not the time once more. */
export function waitsAfter(waits: number): number {
  return (waits & ~seen) > lastTry ? waits - 1 : waits & seen;
}

export function triesOf(alias: string): RawBuilder<number> {
  return sql<number>`(${sql.ref(`${alias}.waits`)} & ${~seen & 15})`;
}

export function wasSeen(alias: string): RawBuilder<unknown> {
  return sql`${sql.ref(`${alias}.waits`)} & ${seen}`;
}
