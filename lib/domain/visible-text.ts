/** Signs that end a line, move a cursor, turn the direction of a text or are not seen: of a terminal, of Unicode's formats and separators, halves of characters. */
export const unseenSigns = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** With backslashes that could be read as the beginning of a sign that is written out. */
const ambiguous = /\\(?=[\\nrtu\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const plain = /^[\x20-\x5b\x5d-\x7e]*$/;

/**
 * A text of strangers for people elsewhere, in which nothing is hidden: `\u202e`, `\u{e0041}`, `\n`. What was different stays different, so that two names do not
 * become one; therefore not to be applied twice.
 */
export function visibleText(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(ambiguous, (sign) => (sign === '\\' ? '\\\\' : (short[sign] ?? writtenOut(sign))));
}

/** `\u202e` */
export function writtenOut(sign: string): string {
  const hex = (sign.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}
