/**
 * Whether a queue is meant by a pattern: `*` stands for any run of characters, and the rest is compared exactly, with the whole id
 * (`connection/name`) or with the name alone. Takes time in proportion to the lengths, whatever the pattern.
 */
export function matchesQueue(pattern: string, queueId: string): boolean {
  const name = queueId.slice(queueId.indexOf('/') + 1);
  return matches(pattern, queueId) || matches(pattern, name);
}

function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return first === text;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let position = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, position);
    if (found === -1 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}
