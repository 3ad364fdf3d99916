import { countries, currencies, languages, statesOfTheUsa, subdivision } from '#lib/fingerprint/code-lists.ts';
import type { ValueCandidate } from '#lib/fingerprint/value-candidate.ts';

const preposition = /^(?:for|to|from|in|into|within)$/;
/** After these, a word is a name from the code or the schema. */
const naming =
  /^(?:topic|queue|exchange|column|field|property|table|relation|constraint|index|class|type|method|function|module|schema|bucket|stream|collection|command|operator|header|attribute|parameter|argument|option|setting|role|permission|file|directory|enum)$/i;
const locale = /^([a-z]{2})[-_](?:[A-Z][a-z]{3}[-_])?[A-Z]{2}$/;
const notOfDomain =
  / (?:is|was) (?:not )?(?:an? )(?:[a-z]{2,12} ){0,2}(?:currency|country|region|province|market|territory|locale|language|airport|airline|carrier|warehouse|sku)\b/y;

/**
 * Whether a word that has capital letters is a code of a list, and stands for itself: no part of a name with dots or slashes, and not named as a part of
 * code or schema. `CHF`, `USD-CHF` and `EUR/USD`, `GB-NIR`, `de-AT`; "for DE"; "state NY"; "XBT is not a currency".
 */
export function isCodeOfAList(candidate: ValueCandidate): boolean {
  const { text, word, start, previous, previousEnd } = candidate;
  if (word.length > 10 || !isCode(candidate) || !standsAlone(text, start, start + word.length)) return false;
  return !followsWord(text, previousEnd, start) || !naming.test(previous);
}

/** With one space between. */
function followsWord(text: string, previousEnd: number, start: number): boolean {
  return start - previousEnd === 1 && text.charCodeAt(previousEnd) === 0x20;
}

function isCode({ text, word, start, previous, previousEnd }: ValueCandidate): boolean {
  switch (word.length) {
    case 2:
      if (!followsWord(text, previousEnd, start)) return false;
      return preposition.test(previous) ? countries.has(word) : previous === 'state' && statesOfTheUsa.has(word);
    case 3:
      if (currencies.has(word)) return true;
      break;
    case 6:
      if (currencies.has(word.slice(0, 3)) && currencies.has(word.slice(3))) return true;
      break;
    case 7:
      if (word[3] === '-' && currencies.has(word.slice(0, 3)) && currencies.has(word.slice(4))) return true;
      break;
  }
  if (subdivision.test(word)) return true;
  const language = locale.exec(word)?.[1];
  if (language !== undefined) return languages.has(language);
  notOfDomain.lastIndex = start + word.length;
  return /^[A-Z-]+$/.test(word) && notOfDomain.test(text);
}

/** What a message is that is nothing but a code, as that of Python's `KeyError: 'CHF'`: with no words around it, the list alone tells problems apart. */
export function listOfCode(message: string): 'currency' | 'country' | 'region' | 'locale' | undefined {
  if (message.length < 2 || message.length > 10) return undefined;
  if (currencies.has(message)) return 'currency';
  if (countries.has(message)) return 'country';
  if (subdivision.test(message)) return 'region';
  return languages.has(locale.exec(message)?.[1] ?? '') ? 'locale' : undefined;
}

/** A slash stands within a pair of currencies, only; what is left of `ES256`, whose digits are out of sight, is no country. */
function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 4), start);
  const after = text.slice(end, end + 4);
  return (
    (!/[\w$./\\@:~+-]$/.test(before) || /(?:^|[^:]):$/.test(before) || currencies.has(before.slice(0, -1))) &&
    (!/^(?:[\w$(/\\@~+\ue000-\ue009-]|[.:][\w:])/.test(after) ||
      (after.startsWith('/') && currencies.has(after.slice(1))))
  );
}

const area = /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)$/;
const place = /(?:\/[A-Z][A-Za-z_]{1,30}(?:-[A-Z][a-z]{1,30})?){1,2}(?![\w./])/y;

/** Whether a zone of the time zone database begins with this word. */
export function isZone(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(end) !== 0x2f || !area.test(text.slice(start, end)) || /[/\\.]/.test(text.charAt(start - 1))) {
    return false;
  }
  place.lastIndex = end;
  return place.test(text);
}
