import { urlMark } from '#lib/fingerprint/network-names.ts';

/** Text in quotes of any language. A single quote opens after and closes before anything but a letter, so that "can't" opens none. */
const quoted =
  /"((?:[^"\\]|\\.){0,400})"|(?<!\w)'([^']{0,200})'(?!\w)|`([^`]{0,200})[`']|[“„]([^”“]{0,200})[”“]|«([^»]{0,200})»|‘([^’]{0,200})’|「([^」]{0,200})」/g;
const name = /^[A-Za-z_$<][\w$.[\]<>-]{0,100}(?:\(\))?$/;
// Names of types in any language, and what protectCodes took for an HTTP status.
const typeOrStatus =
  /^(?:[\ue000-\ue009]{3} [A-Za-z -]{2,40}|int|integer|str|string|float|double|decimal|number|bool|boolean|bytes|list|dict|tuple|set|array|object|datetime|NoneType|None|null|undefined|nil|NilClass)$/;
const path = /^(?:\.{0,2}\/[\w.@-]|[A-Za-z]:\\\w)/;

// Words beside a quoted name that say it is a name from the code or the schema, and so part of the problem, not of the data.
const namedBefore =
  /(?:\b(?:column|field|propert(?:y|ies)|relation|table|constraint|index|reading|setting|attribute|key|class|type|module|method|function|parameter|argument|param|variable|schema|database|sequence|named|member|symbol|enum|bean|package|import|keyword|option|header|role|policy|permission|topic|queue|exchange|vhost|bucket|stream|collection|namespace|command|operator|task|job|view|template|partial|filter|entity|file|extension|property path|path|code|instancePath|reason|expected|got|status|state|error|for key|on|of|invoke|because|calling|object has no|name|loc|rule|title|errorCode|__type|token)s?|Error|Exception)["'`]?\W{0,6}$/i;
const valueBefore =
  /\b(?:entry|value|user|username|customer|account|order|for|id|email|name for|input string|input|got|received|near|string|token|text|literal|rejected value|country|currency|sku|(?:country|currency|zip|postal|promo|coupon|discount|voucher) code|(?:unknown|invalid|unsupported|unexpected|illegal|bad) (?:status|state|type|code|reason|role))["']?[^\w"']{0,6}$/i;
const namedAfter =
  /^[^\w]{0,3}(?:(?:field|column|property|parameter|argument|attribute|constraint|relation|table|key|topic|queue|exchange|collection|module|command|task|object|instance|header)s?\b|(?:is|are) (?:a )?(?:required|missing|mandatory|undefined|not (?:a function|iterable|a constructor|defined|recognized|present|allowed|supported by|registered))|must\b|should\b|cannot be\b|can't be\b|may not\b|does not exist|doesn't exist|has no\b|object has|has an invalid|of undefined|of null|violates|on (?:class|entity|table|type)|in (?:class|entity|table|'field list'|"field list"|field list|type))/i;
const keyAfter = /^\s{0,2}(?::|=>)/;
const sentenceBefore =
  /(?:\w\(|\b(?:message|msg|error|reason|detail|details|description|desc|cause)["']?\s{0,2}[:=(]{1,2}\s{0,2}\[?)$/i;

/**
 * Quoted values become `#`. What stays: names from code and schema (`column 'email'`), keys of objects, sentences of inner errors, paths and URLs;
 * without their quotes, because languages quote differently.
 */
export function hideQuoted(text: string): string {
  return text.replace(quoted, (match: string, ...rest: unknown[]) => {
    const offset = rest.at(-2);
    if (typeof offset !== 'number') return '#';
    const content = contentOf(match);
    const before = text.slice(Math.max(0, offset - 40), offset);
    const after = text.slice(offset + match.length, offset + match.length + 30);
    return isPartOfTheProblem(content, before, after, match.length === text.length) ? content : '#';
  });
}

function contentOf(match: string): string {
  return match
    .slice(1, -1)
    .replace(/\\(?=["'])/g, '')
    .trim();
}

function isPartOfTheProblem(content: string, before: string, after: string, isAll: boolean): boolean {
  if (content.startsWith(urlMark) || content === '<host>' || path.test(content) || typeOrStatus.test(content))
    return true;
  if (name.test(content)) {
    if (isAll || namedAfter.test(after)) return true;
    if (keyAfter.test(after) && /[{,([]\s{0,2}$/.test(before)) return true;
    if (/\w\[$/.test(before) && after.startsWith(']')) return true;
    return namedBefore.test(before) && !valueBefore.test(before);
  }
  return (content.match(/ /g)?.length ?? 0) >= 3 && sentenceBefore.test(before);
}
