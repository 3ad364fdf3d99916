import { compareDecimals } from '#lib/filter/decimal.ts';
import type { Limit, ValueTest } from '#lib/filter/filter.ts';
import { matchesWhole } from '#lib/filter/wildcards.ts';

/** A test made ready for many values. `text` is `null` for what is there and has no text of its own, such as a table or an object. */
export type PreparedTest = (text: string | null) => boolean;

export function prepareTest(test: ValueTest): PreparedTest {
  switch (test.kind) {
    case 'is': {
      const value = test.value.toWellFormed();
      return (text) => text === value;
    }
    case 'matches': {
      const parts = test.parts.map((part) => part.toWellFormed());
      const isPresence = parts.every((part) => part === '');
      return (text) => isPresence || (text !== null && matchesWhole(parts, text));
    }
    case 'range': {
      const { from, to } = test;
      return (text) => text !== null && within(text, from, 1) && within(text, to, -1);
    }
  }
}

function within(text: string, limit: Limit | null, side: 1 | -1): boolean {
  if (!limit) return true;
  const order = compareDecimals(text, limit.value);
  return order !== null && (order === 0 ? limit.inclusive : Math.sign(order) === side);
}
