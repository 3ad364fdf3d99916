/** The names and indexes of a JSON Pointer (RFC 6901): `/a~1b/0` is `["a/b", "0"]`, the empty one is the whole document. `null` where it is none. */
export function readPointer(text: string): readonly string[] | null {
  if (text === '') return [];
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return null;
  return text
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** One name as it stands in a pointer. */
export function writePointerToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** An item's index: digits without leading zeros, below `end`. `null` for anything else. */
export function readIndex(token: string, end: number): number | null {
  if (!/^(?:0|[1-9]\d{0,15})$/.test(token)) return null;
  const index = Number(token);
  return index < end ? index : null;
}
