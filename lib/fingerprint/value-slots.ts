import { currencies, languages } from '#lib/fingerprint/code-lists.ts';
import type { ValueCandidate } from '#lib/fingerprint/value-candidate.ts';

/**
 * Words that name a domain of values, and so open a slot for one: "region GB-NIR", "currency code: XBT", "tenant acme-corp". What a slot may hold
 * is told by the noun's sort, and whether a word has the looks of such a value.
 */

/** Short upper-case codes; also proper names; also slugs and plain words of lower case. */
type Slot = 'code' | 'name' | 'slug';

const nouns: Readonly<Record<Slot, string>> = {
  code: 'currency locale culture sku product item article variant voucher coupon promo flight airport site bic iban iata icao isin ean gtin ticker',
  name: 'region country language market territory province county city store shop warehouse depot hub branch outlet station carrier courier airline supplier vendor brand bank',
  slug: 'tenant workspace merchant organisation organization',
};

const acronyms = new Set(['sku', 'bic', 'iban', 'iata', 'icao', 'isin', 'ean', 'gtin']);

/** Stands between a noun and its value: "currency code XBT". */
const ofNoun = /^(?:codes?|Codes?|id|ID)$/;

const slots = new Map<string, Slot>();
/** By a first letter's code: a bit for each length that such a word has. Most words are told apart by it without being cut out. */
const lengths = new Uint32Array(128);
const note = (word: string) => {
  const first = word.charCodeAt(0);
  lengths[first] = (lengths[first] ?? 0) | (1 << word.length);
};
for (const word of ['code', 'codes', 'Code', 'Codes', 'id', 'ID']) note(word);
for (const slot of ['code', 'name', 'slug'] as const) {
  for (const noun of nouns[slot].split(' ')) {
    const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
    for (const word of acronyms.has(noun) ? [noun, noun.toUpperCase()] : [noun, plural]) {
      for (const form of [word, word.charAt(0).toUpperCase() + word.slice(1)]) {
        slots.set(form, slot);
        note(form);
      }
    }
  }
}

/** Whether a word can be a noun that opens a slot: told without a look into the table, since most are not. */
export function mayOpenSlot(word: string): boolean {
  const { length } = word;
  if (length > 31 || length < 2) return false;
  return ((lengths[word.charCodeAt(0) & 127] ?? 0) & (1 << length)) !== 0 || (length > 8 && compound.test(word));
}

/** Whether the word fills the slot of the noun before it, or goes on in a list of such values. */
export function fillsSlot(candidate: ValueCandidate, isListed: boolean): boolean {
  const { text, word, start, previous, previousEnd } = candidate;
  if (isListed) {
    const between = text.slice(previousEnd, start);
    // "Acme Corp", and what is after "CHF and".
    if (between === ' ' && isSlotName(word)) return true;
    if (!(between === ' ' ? /^(?:and|or)$/.test(previous) : listed.test(between))) return false;
    return capital.test(word) ? isSlotCode(word, '') : isLocale(word);
  }
  let noun = previous;
  let nounStart = previousEnd - noun.length;
  if (ofNoun.test(noun) && text.slice(candidate.earlierEnd, nounStart) === ' ') {
    noun = candidate.earlier;
    nounStart = candidate.earlierEnd - noun.length;
  }
  const slot = slots.get(noun) ?? slots.get(compound.exec(noun)?.[1]?.toLowerCase() ?? '');
  if (slot === undefined) return false;

  const between = text.slice(previousEnd, start);
  const end = start + word.length;
  // What follows at once makes it a part of another word: `UTF-` of a protected `UTF-8`.
  if (!marked.test(between) || /[\w\ue000-\ue009-]/.test(text.charAt(end))) return false;
  // "FROM country AS c" names a table, "key store JKS" a technique.
  if (foreign.test(text.slice(Math.max(0, nounStart - 11), nounStart))) return false;
  if (capital.test(word)) return isSlotCode(word, noun);
  if (isLocale(word)) return true;
  if (/^[A-Z]/.test(word)) return slot !== 'code' && between === ' ' && /^[a-z]/.test(noun) && isSlotName(word);
  if (slot === 'slug') return isSlug(text, start, end, nounStart);
  return isLowerCode(word, noun, text, end, nounStart);
}

const capital = /^(?:[A-Z]{2,}|[A-Z]+(?:-[A-Z]+)+)$/;
/** The last part of `shippingCountry` and `billing_country`. */
const compound = /(?:[a-z\d](?=[A-Z])|[_-])([A-Za-z][a-z]{2,12})$/;

const foreign =
  /(?:^|\W)(?:(?:SELECT|DISTINCT|FROM|JOIN|INTO|UPDATE|TABLE|WHERE|AND|OR|ON|BY|SET|NOT) |(?:app|backing|blob|cert|[Dd]ata|document|[Ee]vent|feature|git|graph|[Kk]ey|object|release|search|session|source|state|[Tt]rust|value|vector)[ -])$/;
/** Between a noun and its value. */
const marked = /^[ :=[({<]{1,4}$/;
/** Between the values of a list. */
const listed = /^(?:, ?|; ?| ?[/|] ?)$/;

const isLocale = (word: string): boolean => /^[a-z]{2,3}[-_](?:[A-Z][a-z]{3}[-_])?[A-Z]{2}$/.test(word);

const technical = new Set(
  `NOT NULL NONE NIL NAN MUST CANNOT CODE CODES NAME TYPE KEY LIST AND FOR WITH FROM ERROR EMPTY UNKNOWN INVALID MISSING OFFLINE ONLINE OPEN FAIL FAILURE OUT
   DOWN UP FULL BUSY READY DONE STALE STOP START RETRY TIMEOUT EOF
   API APIS SDK URL URI UUID GUID ISO IATA ICAO IBAN BIC SKU EAN UPC GTIN ISIN VAT JSON XML CSV PDF YAML AVRO HTTP HTTPS REST SOAP GRPC FTP SFTP SMTP TLS SSL SSO SAML JWT LDAP DNS TCP UDP VPN
   SELECT WHERE SET VALUES JOIN LEFT RIGHT INNER OUTER FULL CROSS ORDER GROUP LIMIT USING HAVING RETURNING UNION
   SQL AWS GCP RDS SQS SNS KMS CDN CRM ERP PIM POS WMS OMS TMS EDI ETL DTO DAO ID IDS DB IP UI FK PK OK`.split(/\s+/),
);
const participle = /^(?:[A-Z]+(?:ED|ABLE|ING|TION|LESS)|[A-Z-]+(?<!-R)ED)$/;

/** Whether a word of capital letters, which may hold hyphens, is the code and not what is said of it: "item BLOCKED", "region API is down". */
function isSlotCode(word: string, noun: string): boolean {
  if (word.length > 24 || word.includes('_') || participle.test(word)) return false;
  // "schema definition language (SDL)"
  if (word.length > 2 && !word.includes('-') && /^language/i.test(noun)) return false;
  // "SKU IS …": where the noun is written in capitals, all may be.
  if (word.length < 3 && noun === noun.toUpperCase()) return false;
  const hyphen = word.indexOf('-');
  return !technical.has(hyphen < 0 ? word : word.slice(0, hyphen));
}

const noName =
  /^(?:Not|No|Is|Id|Ids|Code|Name|Type|Key|List|Value|Field|Error|Exception|Must|Should|Required|Invalid|Missing|Unknown|Expected|Please|Service|Server|Client|Api|Http|Access|Request|Response|Data|Config|Table|Manager|Closed|Failed)$/;

/** "supplier Bosch": after a noun of lower case a capital begins a name. */
function isSlotName(word: string): boolean {
  return word.length >= 3 && /^[A-Z][a-z]+$/.test(word) && !noName.test(word);
}

/** "currency usd", "language nl", "sku red-shirt". */
function isLowerCode(word: string, noun: string, text: string, end: number, nounStart: number): boolean {
  if (word.includes('-')) return isSlug(text, end - word.length, end, nounStart);
  if (word.length === 3) return /^currenc/i.test(noun) && currencies.has(word.toUpperCase());
  return (
    word.length === 2 && /^(?:locale|language)/i.test(noun) && languages.has(word) && !/^(?:is|no|id|he)$/.test(word)
  );
}

const noSlug =
  /^(?:ids?|identifiers?|names?|keys?|codes?|types?|headers?|context|databases?|db|schemas?|plans?|tiers?|config|settings?|data|users?|accounts?|admins?|owners?|members?|domains?|hosts?|tokens?|secrets?|api|services?|roles?|limits?|quotas?|resolver|stores?|storage|records?|rows?|info|metadata|cache|pool|queues?|topics?|objects?|fields?|values?|claims?|lists?|and|or|is|was|has|are|not|must|null|none|undefined|given|found|set|groups?|keyspace|bucket|profiles?|apps?|client|events?|feed|index|space|status|state|sync|lookup|model|mapping|policy|rules?|scope|session|theme|url)$|(?:ed|ing|tion|ment|ity|ness|able|less)$/;
const noSlugPart =
  /^(?:self|non|not|multi|sub|pre|re|auto|cross|co|anti|read|write|opt|log|sign|out|in|on|off|up|per|all|any|high|low|full|half|long|short|single|double|third|first|second|end|real|rate|over|under|back|built|client|server|user|so|well)-|-(?:up|in|out|off|only|limited|based|level|wide|specific|side|end|time|to|by|aware|safe|service|scoped)$/;
const followed =
  /(?: (?:is|was|has|had|are|does|did|do|not|cannot|can|could|must|may|already|in|on|at|for|to|from|by|of|with|and|or|because|after|during)\b|$|[)\]}.,:;!?](?: |$|[)\]}.,:;!?]))/y;
const introduced = /(?:\b(?:for|of|unknown|such|in|from|to|by|no|invalid|unsupported|the|this|with|on)|\()$/i;

/**
 * Whether a word of lower case is a slug, which mostly has a hyphen. A plain word is only a tenant's, where the sentence names one and the word is no
 * noun that tenants have: "unknown tenant acme", not "unknown tenant plan".
 */
function isSlug(text: string, start: number, end: number, nounStart: number): boolean {
  followed.lastIndex = end;
  const match = followed.exec(text);
  if (match === null) return false;
  const word = text.slice(start, end);
  if (noSlug.test(word) || noSlugPart.test(word)) return false;
  const before = text.slice(Math.max(0, nounStart - 14), nounStart).trimEnd();
  if (!word.includes('-'))
    return /^tenant/i.test(text.slice(nounStart, start)) && /(?:\b(?:for|of|unknown|such)|\()$/i.test(before);
  return introduced.test(before) || /^(?::| (?:is|was|has|does|not|cannot))/.test(match[0]);
}
