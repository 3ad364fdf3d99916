/** A decimal number of any length, exactly: `0.digits × 10^point`, without zeros at either end of the digits. Zero has none. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

const grammar = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Longer texts are no numbers that anyone filters by, and what is compared here comes from strangers. */
const lengthMax = 400;
/** So far an exponent is written out as zeros. */
const zerosMax = 40;

/** Whether the text is a decimal number as JSON writes it; leading zeros are forgiven. */
export function isDecimal(text: string): boolean {
  return text.length <= lengthMax && grammar.test(text);
}

/** Below 0, 0 or above 0; `null` where one of them is no decimal number. No digit is lost on the way. */
export function compareDecimals(one: string, other: string): number | null {
  const [a, b] = [readDecimal(one), readDecimal(other)];
  if (!a || !b) return null;
  if (signOf(a) !== signOf(b)) return signOf(a) - signOf(b);
  const size = a.point === b.point ? compareDigits(a.digits, b.digits) : a.point - b.point;
  return a.negative ? -size : size;
}

/** The one way to write a number: `10` for `10.0`, `1e1` and `010`. What is no decimal number stays as it is. */
export function canonicalDecimal(text: string): string {
  if (/^-?[1-9]\d{0,30}$/.test(text)) return text;
  const decimal = readDecimal(text);
  if (!decimal) return text;
  const { negative, digits, point } = decimal;
  if (digits === '') return '0';
  return `${negative ? '-' : ''}${written(digits, point)}`;
}

/** The same number as people and serialisers write it, besides its one way: with zeros after the point, and with an exponent. */
export function spellings(text: string): readonly string[] {
  const decimal = readDecimal(text);
  if (!decimal || decimal.digits === '') return [];
  const { digits, point } = decimal;
  const plain = canonicalDecimal(text);
  const pointed = plain.includes('.') ? plain : `${plain}.`;
  const padded = plain.includes('e') ? [] : ['0', '00', '000', '0000'].map((zeros) => `${pointed}${zeros}`);
  const sign = decimal.negative ? '-' : '';
  const factor = `${sign}${digits.charAt(0)}${digits.length > 1 ? `.${digits.slice(1)}` : ''}`;
  const exponents =
    point > 0
      ? [`e${point - 1}`, `E${point - 1}`, `e+${point - 1}`, `E+${point - 1}`]
      : [`e${point - 1}`, `E${point - 1}`];
  return [...padded, ...exponents.map((exponent) => `${factor}${exponent}`)];
}

function written(digits: string, point: number): string {
  if (point > digits.length + zerosMax || point < -zerosMax) return `0.${digits}e${point}`;
  if (point >= digits.length) return digits.padEnd(point, '0');
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

function readDecimal(text: string): Decimal | null {
  const [, sign, whole, fraction = '', exponent = '0'] = (text.length <= lengthMax && grammar.exec(text)) || [];
  if (whole === undefined) return null;
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first === -1) return { negative: false, digits: '', point: 0 };
  // An exponent beyond these is as good as infinite: no two numbers that differ within them are taken for one.
  const power = Math.max(-1e15, Math.min(1e15, Number(exponent)));
  return {
    negative: sign === '-',
    digits: all.slice(first).replace(/0+$/, ''),
    point: whole.length - first + power,
  };
}

function signOf({ negative, digits }: Decimal): number {
  if (digits === '') return 0;
  return negative ? -1 : 1;
}

/** Of two fractions without zeros at their ends. */
function compareDigits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
