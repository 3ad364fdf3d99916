/** Stands before a URL that was made plain, so that quotes around it do not hide it; taken out again at the end. */
export const urlMark = '\ue010';

const url = /\b(?:jdbc:)?([a-z][a-z0-9+.-]{1,14}):\/\/([^\s"'<>()[\]{}|`,;]{1,500})/gi;
const bracketedHost = /^(?:[^@/]{0,200}@)?(\[[^\]/]{1,50}\]|[^/?#]{0,253})([^?#]{0,400})/;
const email = /(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[a-z]{2,24}\b/gi;
/** In angle brackets an address may be any text, as mail relays repeat what they were given: "<carla jones@example.org>". */
const oddEmail = /<(?=[^<>]{0,160}[^\w.+@<>-])[^<>@]{1,80}@[^<>@]{1,80}>/g;
const ipv4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\w.]*\w)/g;
const ipv6 =
  /\[?(?<![\w:.])(?=[\da-f:]{0,40}\d)(?:(?:[\da-f]{1,4}:){4,7}[\da-f]{1,4}|(?:[\da-f]{1,4}(?::[\da-f]{1,4}){0,5})?::(?:[\da-f]{1,4}:){0,5}[\da-f]{1,5})(?![\w:])\]?(?::\d{1,5})?/gi;
const colonGroups = /(?::[\da-f]{1,4}){3}:/i;
const namedPort = /(?<![\w@/.$-])((?:[a-z][\w-]{0,62}\.){1,8}([a-z][\w-]{1,62})|localhost):\d{2,5}\b(?!:)/gi;
const sourceFile =
  /\b([\w$-]{1,100}\.(?:java|kt|scala|groovy|[cm]?[jt]sx?|py|go|rb|php|cs|fs|rs|vue|html?|xml|json|ya?ml|sql|c|cc|cpp|h|exs?|erl|lua|pl)):\d{1,7}(?::\d{1,7})?\b/gi;
const sourceLine = /\.[a-z]{1,6}:\d/i;
const bareWithPort =
  /\b(to|at|from|host|broker|node|server|address|tcp|lookup|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH)([ :='"(]{1,3})[a-z][a-z0-9-]{0,62}:\d{2,5}\b/gi;
const internalName =
  /(?<![\w@/.$-])(?:[\w-]{1,63}\.){1,6}(?:internal|local|localdomain|svc|lan|corp|intra|consul)\b(?:\.[a-z]{2,10})?/gi;
/** What such a name has in any case: far cheaper to look for than the name. */
const internalPart = /\.(?:internal|local|svc|lan|corp|intra|consul)/i;
const localName = /\blocalhost\b/gi;
const mayBeLocal = /localhost/i;
const javaAddress = /(?:[\w.-]{1,100}|<host>)?\/<(?:host|unresolved)>(?::\d{1,5})?/g;
const hostRun = /<host>(?:(?:, ?|;|\/| or | and )<host>){1,200}/g;

/**
 * Addresses of people and machines become `#` and `<host>`; of URLs the scheme, the port, the query and the variable parts of the path are left out.
 * Each pattern is tried only where the characters are that it needs.
 */
export function hideAddresses(text: string, hasDigits: boolean): string {
  let shown = text;
  const hasColons = text.includes(':');
  if (hasColons && text.includes('://')) shown = shown.replace(url, (_match, _scheme, rest: string) => plainUrl(rest));
  if (text.includes('@')) shown = shown.replace(oddEmail, '<#>').replace(email, '#');
  const hasPorts = hasColons && hasDigits;
  if (hasPorts) {
    if (sourceLine.test(shown)) shown = shown.replace(sourceFile, '$1');
    if (shown.includes('::') || colonGroups.test(shown)) shown = shown.replace(ipv6, '<host>');
  }
  const hasDots = text.includes('.');
  if (hasDots && hasDigits) shown = shown.replace(ipv4, '<host>');
  if (hasPorts) shown = shown.replace(namedPort, '<host>').replace(bareWithPort, '$1$2<host>');
  if (hasDots && internalPart.test(shown)) shown = shown.replace(internalName, '<host>');
  if (mayBeLocal.test(shown)) shown = shown.replace(localName, '<host>');
  if (shown.includes('/<')) shown = shown.replace(javaAddress, '<host>');
  return shown.includes('<host>') ? shown.replace(hostRun, '<host>') : shown;
}

function plainUrl(rest: string): string {
  const match = bracketedHost.exec(rest);
  const host = match?.[1] ?? '';
  const trailing = /[.:!?]+$/.exec(rest)?.[0] ?? '';
  const path = (match?.[2] ?? '').replace(/[.:!?]+$/, '');
  return `${urlMark}${plainHost(host.replace(/[.:]+$/, ''))}${path.replace(/\/+$/, '')}${trailing}`;
}

/** A name that the public knows says which service it was. A port, a number or an inner name says only where it ran. */
function plainHost(host: string): string {
  const isPublic = /^(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}$/i.test(host) && !internalEnd.test(host);
  return isPublic ? host : '<host>';
}

const internalEnd = /\.(?:internal|local|localdomain|svc|lan|corp|intra|consul)$/i;
