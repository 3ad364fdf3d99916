/**
 * Numbers that name a problem and so must not be normalised away: HTTP, SQL, SMTP and AMQP status, errno, vendors' codes. Their digits are put out
 * of sight as private-use characters, until the rest is normalised.
 */
export function protectCodes(text: string): string {
  return text.replace(codes, (code) => code.replace(/\d/g, hideDigit));
}

export function restoreCodes(text: string): string {
  return text.replace(/[\ue000-\ue009]/g, (hidden) => String(hidden.charCodeAt(0) - firstHidden));
}

const firstHidden = 0xe000;
const hideDigit = (digit: string) => String.fromCharCode(firstHidden + Number(digit));

// Names of formats, protocols and products.
const technical =
  '(?<!-)(?:utf[-_]?(?:8|16|32)|utf8mb[34]|(?:u?int|float|i|u|f)(?:8|16|32|64|128)|sha[-_]?(?:1|224|256|384|512)|md[45]|base(?:16|32|58|64)|https?[-_]?[123]|h[23]|x509|s3|ec2|r2|oauth[12]|ipv[46]|i18n|k8s|iso[-_]8859[-_]\\d{1,2}|latin1|cp125\\d|tlsv?1|sslv?[23]|v\\d{1,2}|log4j2?|okhttp3|jackson2|db2|neo4j|p12|pkcs\\d{1,2}|es\\d{1,2}|auth0|route53|[rhe]s(?:256|384|512)|crc32c?|lz4|bzip2|e164|oauth|mp[34]|winsock2?|rabbit3|python[23]|win(?:32|64)|x86|amd64|arm64)(?![\\w-])';

const words = [
  '(?:ORA|TNS|PLS|DPY|DPI|SQL|AMQ|MSB|NU)-?\\d{3,5}N?\\b',
  'E11\\d{3}\\b',
  'SQLSTATE[\\s:=([]{0,3}[\\dA-Z]{5}\\]?(?: ?\\[\\d{3,5}\\])?(?:: [A-Za-z ]{3,60}: \\d{3,5}\\b)?',
  '(?:errno|os error|signal|exit status|(?:error|status|response|return|reply|exit|result|vendor|sql|http|grpc|reason|api)[ _-]?code)(?:["\':= ([#]| is ){0,4}[A-Z]?\\d{1,6}\\b',
  'ERROR:? \\d{4,5} \\([\\dA-Z]{5}\\)',
  '(?:HTTP(?:/\\d(?:\\.\\d)?)?|status|respon(?:se|ded)(?: with)?)[\\s:="\'([]{0,3}(?:(?:code|status|error) )?[1-5]\\d\\d\\b',
  '[1-5]\\d\\d(?= (?:Bad|Unauth|Payment|Forbidden|Not |Method|Conflict|Gone|Unproc|Too Many|Internal|Service|Gateway|Client|Server|Request|Payload|Precondition)|(?: (?:\\(|- )?|\\()[A-Z]{4,}[_-])',
  '[245]\\d\\d[ -]\\d\\.\\d\\.\\d{1,3}\\b',
  technical,
];

// The boundary stands once, before all of them: most places of a text are none, and no word is tried there.
const codes = new RegExp(`\\b(?:${words.join('|')})|\\(\\d{4}, (?=['"])`, 'gi');
