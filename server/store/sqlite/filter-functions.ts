import type { DatabaseSync } from 'node:sqlite';
import { destinationLabel } from '#lib/domain/message.ts';
import { fold } from '#lib/filter/fold.ts';
import { matchesWhole, matchesWithin } from '#lib/filter/wildcards.ts';
import { createContentConditions } from '#server/store/sqlite/content-conditions.ts';
import { createContentReader } from '#server/store/sqlite/content-reader.ts';
import { destinationOf } from '#server/store/sqlite/index/row.ts';

/**
 * What the conditions of `lower.ts` ask of a row that SQL has no words for. Each answers 1 or 0, with the very functions that `evaluate` uses.
 * What is looked for is bound as JSON and read once.
 */
export function registerFilterFunctions(connection: DatabaseSync): void {
  const pure = { deterministic: true, varargs: true } as const;
  connection.function('folded_contains', pure, (needle, ...texts) => {
    const folded = needleOf(String(needle));
    return texts.some((text) => typeof text === 'string' && fold(text).includes(folded)) ? 1 : 0;
  });
  connection.function('folded_like', pure, (json, ...texts) => {
    const parts = partsOf(String(json)).map(fold);
    return texts.some((text) => typeof text === 'string' && matchesWithin(parts, fold(text))) ? 1 : 0;
  });
  connection.function('whole_matches', pure, (json, ...values) => {
    const parts = partsOf(String(json));
    return values.some((value) => typeof value === 'string' && matchesWhole(parts, value)) ? 1 : 0;
  });
  connection.function('origin_label', { deterministic: true }, (alike) => labelOf(String(alike)));
  const contents = createContentConditions(createContentReader(connection));
  connection.function('content_has', (id, json) => (contents.holds(Number(id), String(json)) ? 1 : 0));
  connection.function('content_has_near', (id, json) => (contents.holdsNear(Number(id), String(json)) ? 1 : 0));
}

// Written by `lower.ts` and by nobody else.
const partsOf = remember((json) => (JSON.parse(json) as string[]).map((part) => part.toWellFormed()));

const needleOf = remember(fold);

const labelOf = remember((alike) => {
  const destination = destinationOf(alike);
  return destination && destinationLabel(destination);
});

const rememberedMax = 1_000;

function remember<Result>(make: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    if (known.size >= rememberedMax) known.clear();
    known.set(text, made);
    return made;
  };
}
