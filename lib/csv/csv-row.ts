/**
 * One line of RFC 4180, its end included. A text that a spreadsheet would take for a formula is led by an apostrophe: what stands in a message was
 * written by strangers; full-width signs (＝＋－＠) are signs to a spreadsheet in East Asia. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvRow(values: readonly (string | number | null)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20\t\r\n]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
