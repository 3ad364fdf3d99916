import { isCodeOfAList, isZone } from '#lib/fingerprint/standing-codes.ts';
import { fillsSlot, mayOpenSlot } from '#lib/fingerprint/value-slots.ts';

const words = /[\w$]+(?:-[\w$]+)*/g;
/** Names of the code keep one number or two: `Base64Decoder`. */
const upperCamel = /^[A-Z][a-z]{2,30}(?:[A-Z][a-z]{1,30}|\d{1,2}(?!\d)){1,8}$/;
const listed = /#(?:(?:, ?| (?:and|or) )#){1,100}/g;

/**
 * Words that are values become `#`: those with digits; hashes and tokens that happen to have none; codes that are values wherever they stand
 * (`standing-codes.ts`); and what fills the slot of a noun (`value-slots.ts`).
 */
export function hideWords(text: string): string {
  let previous = '';
  let previousEnd = 0;
  let earlier = '';
  let earlierEnd = 0;
  /** Where the last value that filled a slot ends, or the "and" after it: a list may go on there. */
  let valueEnd = -1;
  let hasList = false;
  let zoneEnd = -1;

  const isValue = (word: string, start: number, uppers: number, lowers: number): boolean => {
    const isListed = previousEnd === valueEnd;
    const mayFill = isListed || mayOpenSlot(previous);
    if (!mayFill && uppers === 0) return false;
    if (mayFill || (uppers > 1 && lowers < 4 && word.length <= 10)) {
      const candidate = { text, word, start, previous, previousEnd, earlier, earlierEnd };
      if (mayFill && fillsSlot(candidate, isListed)) {
        hasList ||= isListed;
        valueEnd = start + word.length;
        return true;
      }
      if (uppers > 1 && isCodeOfAList(candidate)) return true;
    }
    // "CHF, SEK and EUR"
    if (isListed && (word === 'and' || word === 'or')) valueEnd = start + word.length;
    const isOfZone =
      uppers === 1 && (previousEnd === zoneEnd ? start === zoneEnd + 1 : isZone(text, start, start + word.length));
    if (isOfZone) zoneEnd = start + word.length;
    return isOfZone;
  };

  const shown = text.replace(words, (word: string, start: number) => {
    let digits = 0;
    let uppers = 0;
    let lowers = 0;
    for (let index = 0; index < word.length; index += 1) {
      const unit = word.charCodeAt(index);
      if (unit >= 0x61) lowers += 1;
      else if (unit >= 0x41 && unit <= 0x5a) uppers += 1;
      else if (unit >= 0x30 && unit <= 0x39) digits += 1;
    }
    const isHidden =
      digits > 0
        ? digits > 2 || !upperCamel.test(word)
        : isOpaque(word, lowers) || isValue(word, start, uppers, lowers);
    earlier = previous;
    earlierEnd = previousEnd;
    previous = word;
    previousEnd = start + word.length;
    return isHidden ? '#' : word;
  });
  // Of a list one `#` stays, however long it is.
  return hasList ? shown.replace(listed, '#') : shown;
}

/** Hashes and tokens that happen to have no digit. */
function isOpaque(word: string, lowers: number): boolean {
  if (word.length < 8) return false;
  // No letter after f.
  if (lowers === word.length) return word.charCodeAt(0) < 0x67 && word.charCodeAt(1) < 0x67 && /^[a-f]+$/.test(word);
  return word.length >= 28 && /[A-Z]{2,}[a-z]{1,3}[A-Z]{1,}/.test(word) && !word.includes('_') && !word.includes('-');
}
