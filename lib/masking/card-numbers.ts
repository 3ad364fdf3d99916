import { mark } from '#lib/masking/mark.ts';

/*
 * Payment cards by ISO/IEC 7812: 13 to 19 digits, in one piece or in groups with a space or a hyphen between, whose last digit is Luhn's. Beginnings
 * that no issuer has are left alone, because every tenth number passes Luhn: times in milliseconds begin with 1.
 */

const runs = /\d(?:[ -]?\d){12,}/g;
const digitsMin = 13;
const digitsMax = 19;
const issuers =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0|[68])\d{12,17}|35\d{14,17}|6\d{12,18}|5[06-8]\d{11,17})$/;

export function maskCards(text: string): string {
  return text.length < digitsMin ? text : text.replace(runs, maskRun);
}

/** Every stretch of whole groups may be one: an order's number can stand before the card's. */
function maskRun(run: string): string {
  const parts = Array.from(run.matchAll(/\d+/g), (part) => ({ text: part[0], start: part.index }));
  let masked = '';
  let kept = 0;
  for (let first = 0; first < parts.length; first += 1) {
    if (!startsLikeCard(parts[first]?.text ?? '')) continue;
    let digits = '';
    for (let last = first; last < parts.length && digits.length < digitsMax; last += 1) {
      const part = parts[last];
      const from = parts[first];
      if (part === undefined || from === undefined) break;
      digits += part.text;
      if (digits.length > digitsMax) break;
      if (digits.length < digitsMin || !issuers.test(digits) || !passesLuhn(digits)) continue;
      masked += run.slice(kept, from.start) + mark;
      kept = part.start + part.text.length;
      first = last;
      break;
    }
  }
  return kept === 0 ? run : masked + run.slice(kept);
}

function startsLikeCard(digits: string): boolean {
  const first = digits.charCodeAt(0);
  return first >= 0x32 && first <= 0x36;
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 0x30;
    const counted = place % 2 === 1 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}
