/** The number of an item for people, from 1 on. Its `ordinal` is its place in the order of sending, from 0 on. */
export function itemNumber({ ordinal }: { readonly ordinal: number }): number {
  return ordinal + 1;
}
