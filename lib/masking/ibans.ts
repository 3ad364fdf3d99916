import { mark } from '#lib/masking/mark.ts';

/** Characters of an IBAN by country: ISO 13616, the registry of SWIFT. */
const lengths: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 ' +
    'GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 ' +
    'MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 ' +
    'UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

const shortest = Math.min(...Object.values(lengths));

const beginning = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9])/g;

/** In one piece or in groups with a space or a hyphen between, in either case, with the right check digits. */
export function maskIbans(text: string): string {
  if (text.length < shortest) return text;
  let masked = '';
  let kept = 0;
  for (const { 0: start, index } of text.matchAll(beginning)) {
    if (index < kept) continue;
    const length = lengths[start.slice(0, 2).toUpperCase()];
    const end = length === undefined ? undefined : endOf(text, index, length);
    if (end === undefined) continue;
    masked += text.slice(kept, index) + mark;
    kept = end;
  }
  return kept === 0 ? text : masked + text.slice(kept);
}

/** Where so many characters with the right remainder end; `undefined` where there are none. */
function endOf(text: string, start: number, length: number): number | undefined {
  let characters = '';
  let at = start;
  while (characters.length < length) {
    const character = text[at];
    if (character === undefined) return undefined;
    if (isAlphanumeric(text, at)) characters += character;
    else if ((character !== ' ' && character !== '-') || !isAlphanumeric(text, at - 1)) return undefined;
    at += 1;
  }
  return isAlphanumeric(text, at) || remainder(characters) !== 1 ? undefined : at;
}

function isAlphanumeric(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function remainder(iban: string): number {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
