import type { Parts } from '#lib/filter/filter.ts';

/** Whether the text is the parts in their order, with any run of characters between one and the next. Linear, whatever the parts. */
export function matchesWhole(parts: Parts, text: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return first === text;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  return standInOrder(rest, text, first.length, text.length - last.length);
}

/** Whether the parts stand in the text in their order, anywhere. */
export function matchesWithin(parts: Parts, text: string): boolean {
  return standInOrder(parts, text, 0, text.length);
}

function standInOrder(parts: Parts, text: string, from: number, to: number): boolean {
  let position = from;
  for (const part of parts) {
    const found = text.indexOf(part, position);
    if (found === -1 || found + part.length > to) return false;
    position = found + part.length;
  }
  return true;
}
