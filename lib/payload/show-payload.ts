import { applyEdits, format } from 'jsonc-parser';
import { utf8 } from '#lib/conventions/header-index.ts';
import { hexDump } from '#lib/payload/hex-dump.ts';

export interface PayloadView {
  readonly kind: 'json' | 'text' | 'binary' | 'empty' | 'null';
  readonly sizeBytes: number;
  /** How it was decoded: `JSON`, `text (UTF-8)`, `binary`. */
  readonly label: string;
  /** Indented JSON, every token to the letter; `null` where there is no such view. */
  readonly pretty: string | null;
  readonly raw: string | null;
  readonly hex: string;
  /** Whether a view was cut. */
  readonly truncated: boolean;
}

/** What a page shows at most; the whole bytes can be downloaded. */
const maxShownBytes = 256 * 1024;
const maxHexBytes = 4 * 1024;

/** Views of a body. Numbers keep every digit, because the text is indented and never parsed and printed again. */
export function showPayload(body: Uint8Array | null): PayloadView {
  if (body === null)
    return {
      kind: 'null',
      sizeBytes: 0,
      label: 'null (tombstone)',
      pretty: null,
      raw: null,
      hex: '',
      truncated: false,
    };
  if (body.length === 0)
    return { kind: 'empty', sizeBytes: 0, label: 'empty', pretty: null, raw: '', hex: '', truncated: false };

  const truncated = body.length > maxShownBytes;
  const shown = truncated ? wholeCharacters(body.subarray(0, maxShownBytes)) : body;
  const hex = hexDump(body.subarray(0, maxHexBytes));
  const text = utf8(shown);
  const base = { sizeBytes: body.length, hex };
  if (text === undefined || looksBinary(text)) {
    return { ...base, kind: 'binary', label: 'binary', pretty: null, raw: null, truncated: body.length > maxHexBytes };
  }
  if (!truncated && isJson(text))
    return { ...base, kind: 'json', label: 'JSON', pretty: indent(text), raw: text, truncated };
  return {
    ...base,
    kind: 'text',
    label: truncated ? 'text (UTF-8), the beginning' : 'text (UTF-8)',
    pretty: null,
    raw: text,
    truncated,
  };
}

/** The beginning of a body for a table cell: one line, at most so many characters. */
export function previewOf(body: Uint8Array | null, characters: number): string {
  if (body === null || body.length === 0) return '';
  const text = utf8(wholeCharacters(body.subarray(0, characters * 4)));
  if (text === undefined || looksBinary(text)) return `${body.length} bytes of binary data`;
  return text.replace(/\s+/g, ' ').slice(0, characters);
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"\d\-tfn]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function indent(text: string): string {
  return applyEdits(text, format(text, undefined, { insertSpaces: true, tabSize: 2, eol: '\n', keepLines: false }));
}

/** NUL and other control characters do not occur in text that people write. */
function looksBinary(text: string): boolean {
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
