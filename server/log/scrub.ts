import { unseenSigns, writtenOut } from '#lib/domain/visible-text.ts';

/** Makes a text fit for a log: without secrets, without what is masked, on one line that no terminal obeys, and not endless. */
export type Scrub = (text: string) => string;

const charactersMax = 2_000;
const hidden = '[secret]';

/** Shorter ones are in ordinary words, and replacing them would make every line unreadable; nothing but their own fields can hide them. */
const secretCharactersMin = 4;

/**
 * `secrets` are those of the configuration, which are known by their text. What else looks like one is known by where it stands. `mask` is what the
 * configuration masks. It is a second fence: what speaks to the log holds no secret in the first place.
 */
export function createScrub(secrets: readonly string[], mask: (text: string) => string = (text) => text): Scrub {
  const known = [...new Set(secrets.flatMap(formsOf))]
    .filter((secret) => secret.length >= secretCharactersMin)
    .toSorted((a, b) => b.length - a.length);
  return (text) => {
    // A cut before the search might leave the half of a secret.
    if (text.length > readMax) return `a text of ${text.length} characters, too long for a log`;
    let shown = text;
    for (const secret of known) shown = shown.replaceAll(secret, hidden);
    for (const [pattern, by] of looksLikeSecret) shown = shown.replace(pattern, by);
    shown = inVisibleSigns(mask(shown));
    return shown.length > charactersMax ? `${shown.slice(0, charactersMax)}…` : shown;
  };
}

const readMax = 20_000;

/** As it is, as an address has it, and as JSON has it. */
function formsOf(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
  ];
}

const looksLikeSecret: readonly (readonly [RegExp, string])[] = [
  // The last @ of an address: a password that is not encoded may hold one itself.
  [/\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s"'<>]*@/gi, `$1${hidden}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${hidden}`],
  [
    /\b((?:[\w-]*(?:password|passwd|passphrase|secret|token|credential|api[_-]?key|access[_-]?key|signature)[\w-]*|authorization|cookie|pwd)["']?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&}]+)/gi,
    `$1${hidden}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
];

/** Signs that end a line, move a cursor or turn the direction of a text are written out: a name that a stranger chose must not forge a line of the log. */
function inVisibleSigns(text: string): string {
  return text.replace(unseenSigns, (sign) => (/\s/.test(sign) ? ' ' : writtenOut(sign)));
}
