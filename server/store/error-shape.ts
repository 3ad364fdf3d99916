/**
 * A message without what differs from one failure to the next: ids, numbers, quoted values, addresses. Messages of one shape are counted
 * as one error in lists. The text is hostile and every message that arrives is read: it is cut first, and each pattern starts only where it can
 * match, so that none looks at a character more than a bounded number of times.
 */
export function errorShape(message: string): string {
  let text = message.slice(0, readLength);
  if (text.includes('-')) text = text.replace(uuid, '#');
  if (text.includes('"') || text.includes("'")) text = text.replace(quoted, '#');
  if (text.includes('@')) text = text.replace(address, '#');
  return text.replace(wordWithDigit, '#').replace(joined, '#').replace(spaces, ' ').trim().slice(0, shapeLength);
}

const readLength = 400;
const shapeLength = 160;
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const quoted = /"[^"\n]{0,80}"|'[^'\n]{0,80}'/g;
const address = /[\w.+-]{1,64}@[\w.-]{1,80}/g;
const wordWithDigit = /\b[A-Za-z_]*\d\w*/g;
const joined = /#(?:[-.,:/]?#)+/g;
/** One space stays as it is: nothing would change. */
const spaces = /[^\S ]\s*| \s+/g;
