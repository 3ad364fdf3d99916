/**
 * A set of texts that takes 16 bytes an entry at most, for as many as a replay has messages: a hash of 64 bits stands for each. Of a million
 * texts two are taken for one with a chance of one in 30 million.
 */
export interface DigestSet {
  readonly size: number;
  has(text: string): boolean;
  /** False where it was in already. */
  add(text: string): boolean;
}

const firstSlots = 1_024;

export function createDigestSet(): DigestSet {
  let slots = new Uint32Array(2 * firstSlots);
  let mask = firstSlots - 1;
  let size = 0;

  /** The place of these halves, or the free one where they belong. 0, 0 is a free place. */
  function placeOf(table: Uint32Array, tableMask: number, low: number, high: number): number {
    let at = low & tableMask;
    for (;;) {
      const [a, b] = [table[2 * at], table[2 * at + 1]];
      if ((a === 0 && b === 0) || (a === low && b === high)) return at;
      at = (at + 1) & tableMask;
    }
  }

  function grow(): void {
    const larger = new Uint32Array(slots.length * 2);
    const largerMask = mask * 2 + 1;
    for (let at = 0; at <= mask; at += 1) {
      const [low = 0, high = 0] = [slots[2 * at], slots[2 * at + 1]];
      if (low === 0 && high === 0) continue;
      const to = placeOf(larger, largerMask, low, high);
      larger[2 * to] = low;
      larger[2 * to + 1] = high;
    }
    slots = larger;
    mask = largerMask;
  }

  return {
    get size() {
      return size;
    },
    has(text) {
      const [low, high] = halvesOf(text);
      const at = placeOf(slots, mask, low, high);
      return slots[2 * at] === low && slots[2 * at + 1] === high;
    },
    add(text) {
      const [low, high] = halvesOf(text);
      const at = placeOf(slots, mask, low, high);
      if (slots[2 * at] === low && slots[2 * at + 1] === high) return false;
      slots[2 * at] = low;
      slots[2 * at + 1] = high;
      size += 1;
      if (size * 2 > mask) grow();
      return true;
    },
  };
}

/** Two mixes of 32 bits (as in cyrb53), never both 0. */
function halvesOf(text: string): readonly [low: number, high: number] {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = Math.imul(a ^ code, 2_654_435_761);
    b = Math.imul(b ^ code, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return [a >>> 0, b >>> 0 || 1];
}
