/**
 * One line of RFC 4180, its end included. A text that a spreadsheet would take for a formula is led by an apostrophe: what stands in a message was
 * written by strangers. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvRow(values: readonly (string | number | null)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^\s*[=+\-@\t\r\n]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
