import { protectCodes, restoreCodes } from '#lib/fingerprint/error-codes.ts';
import { memoise } from '#lib/stack-trace/memo.ts';
import { hideAddresses, urlMark } from '#lib/fingerprint/network-names.ts';
import { hideWords } from '#lib/fingerprint/plain-words.ts';
import { hideQuoted } from '#lib/fingerprint/quoted-values.ts';
import { listOfCode } from '#lib/fingerprint/standing-codes.ts';

/** What is read of a message, and what is kept of it, in characters. */
const readCharacters = 2_000;
const keptCharacters = 240;

/**
 * A message without what differs from one failure of the same kind to the next: ids, numbers, times, quoted values, addresses, hashes, places in
 * generated code. What was there is `#`, a machine is `<host>`. Every pattern repeats within bounds: time is linear in the text, which is cut first.
 */
export function normaliseMessage(message: string): string {
  return normaliseOutline(outlineOf(message.slice(0, readCharacters)));
}

/**
 * The text with every digit that can make no difference as 0, and long ids shortened: messages that differ in their numbers only have one outline,
 * and the costly part is done once for all of them.
 */
function outlineOf(message: string): string {
  const text = message.includes('SQL: ') ? message.replace(statements, '') : message;
  if (!/\d/.test(text)) return text;
  const coded = protectCodes(text);
  const short = coded.includes('-') || coded.includes('0x') ? coded.replace(variable, '00000') : coded;
  // Dates have runs of up to four digits, fractions of seconds longer ones. Two plain replacements cost less than one that asks a function.
  return short.replace(/\d{5,}/g, '00000').replace(/[1-9]/g, '0');
}

const variable = /\b(?:[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|0x[\da-f]{1,16})\b/gi;

const normaliseOutline = memoise(normalise, { entries: 4_000, longest: readCharacters });

function normalise(outline: string): string {
  let text = (unevenSpace.test(outline) ? outline.replace(/[\s\0]+/g, ' ') : outline).trim();
  if (text.includes('\\"')) text = text.replaceAll('\\"', '"');
  const hasDigits = text.includes('0');
  if (text.includes('[Source: ')) text = text.replace(jacksonSource, '');
  if (text.includes('#<')) text = text.replace(rubyObject, '$1');
  if (text.startsWith('No enum constant ')) text = text.replace(enumConstant, '$1.#');
  if (text.includes(' in JSON at ')) text = text.replace(cutJson, 'Unexpected end of JSON input');
  text = hideAddresses(text, hasDigits);
  if (text.includes('$') || text.includes('@')) text = hideGenerated(text);
  if (hasDigits) {
    text = text.replace(phoneOrIban, '#');
    if (mayBeTime.test(text)) text = text.replace(times, '#');
  }
  text = hideQuoted(text).replaceAll('<host> (<host>)', '<host>');
  if (text.includes('=')) text = hideAssigned(text);
  const list = listOfCode(text);
  if (list !== undefined) return `# (${list})`;
  if (hasDigits) text = text.replace(encoded, plainEncoded);
  text = hideWords(text);
  if (/^(?:Unexpected token|unexpected char)/i.test(text)) text = text.replace(unexpectedToken, '$1 #');
  if (text.includes('#')) text = collapse(text);
  return cut(restoreCodes(text).replaceAll(urlMark, ''));
}

/** Where every space is one plain space, as in most messages, none has to be replaced. */
const unevenSpace = /[^\S ]|\0| {2}/;

// Statements and their parameters, as Laravel, SQLAlchemy and Hibernate append them to what the database said.
const statements =
  /\s*(?:\((?:Connection: [^,()]{1,60},[^()]{0,200} )?SQL: |\[SQL: |\[parameters: |\(Background on this error)[\s\S]{0,2000}$/;
const jacksonSource = / ?(?:at )?\[Source: .{0,1500}?(?:line: \d{1,9}, column: \d{1,9}|byte offset: #?\w{1,20})\]/g;
// In an outline, where all digits are 0.
const phoneOrIban = /\+0{1,5}[ 0()-]{5,24}0\b|\b[A-Z]{2}00 (?:[A-Z]{4} )?0000(?: [A-Z0]{1,4}){0,7}\b/g;
const rubyObject = /#<([A-Z][\w:]{0,100}?):0{1,5}\b[^<>]{0,400}>/g;
// Java's: what follows the enum's name is the value that was asked for.
const enumConstant = /^(No enum constant [\w.$]{1,300})\.[^\s.]{0,200}$/;
const unexpectedToken = /^(unexpected (?:token|char(?:acter)?)):? (?!end\b|#)\S{1,12}/i;

// V8's words for one text that was cut off at different places; numbers are those of an outline.
const cutJson =
  /^(?:Unterminated string|Expected (?:(?:double-quoted )?property name(?: or '}')?|':' after property name|',' or '[}\]]' after (?:property value|array element))) in JSON at position 0{1,5}(?: \(line 0{1,5} column 0{1,5}\))?$/;

const months = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}';
const clock = '\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?(?: ?[AaPp][Mm]\\b)?';
const zone = '(?: ?(?:Z|UTC|GMT|CEST|CET|[+-]\\d{2}:?\\d{2}))?(?:\\[[\\w/]{1,40}\\])?';
const times = new RegExp(
  [
    `\\b\\d{4}[-/]\\d{1,2}[-/]\\d{1,2}(?:[T ]${clock})?${zone}`,
    `\\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?(?:\\d{1,2}[ -]${months}|${months} \\d{1,2})\\b(?:,?[ -]\\d{4})?(?:,? (?:at )?${clock})?${zone}(?: \\d{4})?`,
    `\\b\\d{1,2}[/.]\\d{1,2}[/.]\\d{2,4}(?:,? ${clock})?\\b`,
    `\\b${clock}${zone}`,
  ].join('|'),
  'g',
);

const mayBeTime = /\d[-/.:]\d|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec/;

/** Names that a JVM makes up: lambdas, proxies, anonymous classes, identity hashes. */
function hideGenerated(text: string): string {
  return text
    .replace(
      /\$\$(?:Lambda|SpringCGLIB|EnhancerBy|FastClassBy|HibernateProxy|_javassist)[\w$]{0,80}(?:\/(?:0x)?[\da-f]{1,16})?/g,
      '',
    )
    .replace(/ ?@[\da-f]{4,16}\b/g, '')
    .replace(/\$(Proxy)\d{1,6}\b/g, '$$$1')
    .replace(/(?<=\w)\$\d{1,4}\b/g, '');
}

const assigned = /\b([A-Za-z_][\w.-]{0,60})(=|: ?(?=[\da-f-]{8}))([^\s,;()[\]{}&|#<\ue000-\ue010]{1,300})/g;
const telling =
  /(?:code|status|state|type|reason|error|class|topic|queue|stage|phase|level|mode|method|action|op|operation|table|column|field)$/i;

const codeOfAValue =
  /(?:country|currency|region|locale|language|lang|iata|icao|airport|airline|postal|zip|post|promo|coupon|voucher|discount|product|item|tax|bank|branch)[_.-]?code$/i;

/** `user=alice` and Postgres' `Key (email)=(alice)`; a constant (`status=FAILED`) is part of the problem. */
function hideAssigned(text: string): string {
  return text
    .replace(/\)=\((?:[^()]|\([^()]{0,100}\)){0,300}\)/g, ')=(#)')
    .replace(assigned, (match, key: string, sign: string, value: string) =>
      telling.test(key) && !codeOfAValue.test(key) && /^[A-Za-z_]{1,60}$/.test(value) ? match : `${key}${sign}#`,
    );
}

// From where such a run begins: else each place within a short one would be tried, too.
const encoded = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}={0,2}/g;

/** Base64 may hold slashes, and so may paths: a path has few digits. */
function plainEncoded(text: string): string {
  const digits = text.match(/\d/g)?.length ?? 0;
  if (/(?:^|\/)(?:[A-Z]?[a-z]{3,})(?:\/|$)/.test(text)) return text;
  return digits >= 3 && !text.startsWith('/') && /[a-z]/.test(text) && /[A-Z]/.test(text) ? '#' : text;
}

const runs = /#(?:[ .,:;/'’%*_x×+=-]{0,3}#){1,300}(?:\.{3})?|#(?:\.{3}|…)/g;

function collapse(text: string): string {
  return text
    .replace(/(?<![\w)\]>])[-+]#/g, '#')
    .replace(runs, '#')
    .replace(/[$€£¥] ?#|# ?(?:[€£¥%]|(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|SEK|NOK|DKK|PLN|INR|BRL|CNY)\b)/g, '#')
    .replace(
      /# ?(?:ms|msec|millis(?:econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?|bytes?|[KMGT]i?B|[kmg]b|b|B)\b/g,
      '#',
    )
    .replace(runs, '#')
    .replace(/# ([a-z]{3,30}?)(?:s|\(s\))(?![\w(])/g, '# $1');
}

const ending = /[\s.,:;!…-]/;

/** At a word's end, so that what follows does not matter however long it is. */
function cut(text: string): string {
  const kept =
    text.length <= keptCharacters ? text : text.slice(0, text.lastIndexOf(' ', keptCharacters) + 1 || keptCharacters);
  let end = kept.length;
  while (end > 0 && ending.test(kept.charAt(end - 1))) end -= 1;
  return kept.slice(0, end);
}
