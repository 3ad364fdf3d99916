/** All that is random in the shop. Seeded, it throws the same every time. */
export interface Dice {
  /** A number in [0, 1). */
  roll(): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** An item with a probability in proportion to its share. */
  pickByShare<Item extends { readonly share: number }>(items: readonly [Item, ...Item[]]): Item;
  hex(digits: number): string;
  uuid(): string;
  /** Digits of a 64-bit integer above 2^53, as a database's snowflake ids are. */
  snowflake(): string;
}

export function diceFrom(roll: () => number): Dice {
  const between = (low: number, high: number) => low + Math.floor(roll() * (high - low + 1));
  const hex = (digits: number) => Array.from({ length: digits }, () => between(0, 15).toString(16)).join('');
  return {
    roll,
    between,
    hex,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    pickByShare(items) {
      let rest = roll() * items.reduce((sum, item) => sum + item.share, 0);
      return items.find((item) => (rest -= item.share) < 0) ?? items[0];
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    snowflake: () => (7_000_000_000_000_000_000n + BigInt(between(0, 999_999_999)) * 1_000_003n).toString(),
  };
}

/** Mulberry32: small, fast, and good enough for a shop. */
export function seededRoll(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
