import { hash } from 'node:crypto';
import type { Database } from '#server/store/sqlite/database.ts';

/** Texts that stand once for all messages that have them. */
export interface Phrases {
  /** The text's number, made when it is first met. */
  of(text: string): number;
  /** After a transaction that was rolled back: what it made is not there. */
  forget(): void;
}

const rememberedMax = 5_000;
const rememberedCharactersMax = 8_000_000;

export function createPhrases(db: Database): Phrases {
  const remembered = new Map<string, number>();
  let characters = 0;
  const forget = (): void => {
    remembered.clear();
    characters = 0;
  };
  return {
    of(text) {
      const known = remembered.get(text);
      if (known !== undefined) return known;
      const id = find(db, text);
      if (remembered.size >= rememberedMax || characters > rememberedCharactersMax) forget();
      remembered.set(text, id);
      characters += text.length;
      return id;
    },
    forget,
  };
}

function find(db: Database, text: string): number {
  // Texts are what senders wrote: of a hash that they cannot steer.
  const number = Number.parseInt(hash('sha256', text, 'hex').slice(0, 12), 16);
  const known = db.prepare('SELECT id FROM phrases WHERE hash = ? AND text = ?').get(number, text)?.['id'];
  return known !== undefined
    ? Number(known)
    : Number(db.prepare('INSERT INTO phrases (hash, text) VALUES (?, ?)').run(number, text).lastInsertRowid);
}
