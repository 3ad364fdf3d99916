/**
 * A message without what differs from one failure to the next: ids, numbers, quoted values, addresses. Messages of one shape are counted
 * as one error in lists. Every pattern is linear in the length of the text, which is cut first: the text is hostile.
 */
export function errorShape(message: string): string {
  return message
    .slice(0, readLength)
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '#')
    .replace(/"[^"\n]{0,80}"|'[^'\n]{0,80}'/g, '#')
    .replace(/[\w.+-]{1,64}@[\w.-]{1,80}/g, '#')
    .replace(/\w*\d\w*/g, '#')
    .replace(/#(?:[-.,:/]?#)+/g, '#')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, shapeLength);
}

const readLength = 400;
const shapeLength = 160;
