import type { PayloadSchema, PayloadStep, ShownPayload } from '#lib/api/messages.ts';
import { utf8 } from '#lib/conventions/header-index.ts';
import { hexDump } from '#lib/payload/hex-dump.ts';

/** What a decoder has made of the bytes. Texts are already cut to `shownCharactersMax`. */
export interface Shown {
  readonly kind: 'json' | 'text' | 'binary';
  /** Indented, every token to the letter; `null` where there is no such view. */
  readonly pretty: string | null;
  /** The text as it is; `null` where there is none to the letter, as for Avro. */
  readonly raw: string | null;
  readonly cut: boolean;
}

/** What a page shows at most; the whole bytes can be downloaded. */
export const shownCharactersMax = 256 * 1024;
const unmasked = { maskedBy: [], withheld: null };
const hexBytesMax = 4 * 1024;

/** Views of a body from what the chain found. The hex view is always of the bytes that the broker holds. */
export function viewOf(
  body: Uint8Array | null,
  found: { shown: Shown; labels: readonly string[]; steps: readonly PayloadStep[]; schema: PayloadSchema | null },
  withHex = true,
): ShownPayload {
  const nothing = { sizeBytes: 0, pretty: null, hex: '', truncated: false, steps: [], schema: null, ...unmasked };
  if (body === null) return { ...nothing, kind: 'null', label: 'null (tombstone)', raw: null };
  if (body.length === 0) return { ...nothing, kind: 'empty', label: 'empty', raw: '' };
  const { shown, labels, steps, schema } = found;
  return {
    kind: shown.kind,
    sizeBytes: body.length,
    label: labels.join(', then ') + (shown.cut && shown.kind !== 'binary' ? ', the beginning' : ''),
    pretty: shown.pretty,
    raw: shown.raw,
    hex: withHex ? hexView(body) : '',
    truncated: shown.kind === 'binary' ? body.length > hexBytesMax : shown.cut,
    steps,
    schema,
    ...unmasked,
  };
}

/** The beginning as a hex dump, which says so where there is more. */
export function hexView(bytes: Uint8Array): string {
  const dump = hexDump(bytes.subarray(0, hexBytesMax));
  if (bytes.length <= hexBytesMax) return dump;
  const count = (of: number) => of.toLocaleString('en');
  return `${dump}\n… the first ${count(hexBytesMax)} of ${count(bytes.length)} bytes`;
}

/** Bytes as text, at most so much as a page shows; `undefined` where they are binary. */
export function textOf(bytes: Uint8Array): { readonly text: string; readonly cut: boolean } | undefined {
  const cut = bytes.length > shownCharactersMax;
  const text = utf8(cut ? wholeCharacters(bytes.subarray(0, shownCharactersMax)) : bytes);
  return text === undefined || looksBinary(text) ? undefined : { text, cut };
}

/** The beginning of a body for a table cell: one line, at most so many characters. */
export function previewOf(body: Uint8Array | null, characters: number): string {
  if (body === null || body.length === 0) return '';
  const text = utf8(wholeCharacters(body.subarray(0, characters * 4)));
  if (text === undefined || looksBinary(text)) return `${body.length} bytes of binary data`;
  // Done for every message that arrives, and few bodies are mostly space.
  const beginning = text.slice(0, characters * 2).replace(/\s+/g, ' ');
  return (beginning.length > characters ? beginning : text.replace(/\s+/g, ' ')).slice(0, characters);
}

/** NUL and other control characters do not occur in text that people write. */
export function looksBinary(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text.slice(0, 8_192));
}

/** Cuts back to the end of the last whole UTF-8 character, so that a cut does not look like broken text. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let start = bytes.length - 1;
  while (start > 0 && start > bytes.length - 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}
