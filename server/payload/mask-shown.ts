import type { ShownPayload } from '#lib/api/messages.ts';
import { utf8 } from '#lib/conventions/header-index.ts';
import { mark } from '#lib/masking/mark.ts';
import type { Masking, RulesMet } from '#lib/masking/masking.ts';
import { hexView, textOf } from '#lib/payload/show-payload.ts';
import { chainName, type PayloadSource } from '#server/payload/decoder.ts';

const hexBytesMax = 4 * 1024;

/** A decoded payload as it may be read. Where its bytes would show what was masked, the hex view is that of the masked text, or there is none. */
export function maskShown(payload: ShownPayload, { part, bytes }: PayloadSource, masking: Masking): ShownPayload {
  if (bytes === null || bytes.length === 0) return payload;
  const hidden = { ...payload, kind: 'text' as const, pretty: null, raw: mark, hex: '' };
  if (part === 'key' && masking.settings.keys)
    return { ...hidden, label: 'masked', steps: [], maskedBy: ['keys'], withheld: 'Keys are masked as a whole.' };
  const rules: RulesMet = new Set();
  const masked = (text: string | null) =>
    text === null ? null : upToCut(masking.text(text, rules), payload.truncated);
  // Notes may quote a topic, a subject, or a word of a library about the bytes.
  const steps = payload.steps.map((step) => ({ ...step, note: masking.text(step.note) }));
  if (isUnread(payload, masking)) return { ...hidden, steps, withheld: undecoded };
  const shown = { ...payload, steps, pretty: masked(payload.pretty), raw: masked(payload.raw) };
  const withMask = { ...shown, maskedBy: [...rules] };

  const direct = directText(payload, bytes);
  if (direct && rules.size === 0) return shown;
  if (direct && masking.text(direct.text) !== direct.text) {
    const text = upToCut(masking.text(direct.text), direct.cut);
    return { ...withMask, hex: hexView(new TextEncoder().encode(text)) };
  }
  if (rules.size > 0) return { ...withMask, hex: '', withheld: 'The bytes are withheld: they hold what is masked.' };
  if (isWhole(payload) || masking.canShowBytes(bytes.subarray(0, hexBytesMax))) return shown;
  return { ...shown, hex: '', withheld: undecoded };
}

/** The bytes as they may be given out; a sentence where none of them may. */
export function maskBytes(payload: ShownPayload, source: PayloadSource, masking: Masking): Uint8Array | string {
  const { bytes } = source;
  if (bytes === null || bytes.length === 0) return new Uint8Array();
  if (isUnread(payload, masking)) return undecoded;
  const text = directText(payload, bytes) && utf8(bytes);
  const shown = text === undefined ? undefined : masking.text(text);
  if (shown !== undefined && shown !== text) return new TextEncoder().encode(shown);
  const { maskedBy } = maskShown(payload, source, masking);
  if (maskedBy.length > 0)
    return `The bytes are withheld: they are not text, and hold what is masked by ${maskedBy.join(', ')}.`;
  return shown !== undefined || isWhole(payload) || masking.canShowBytes(bytes) ? bytes : undecoded;
}

const undecoded =
  'The bytes are withheld: they could not be decoded whole, and nobody can tell where a masked field is in them.';

function isWhole({ pretty, raw, truncated }: ShownPayload): boolean {
  return (pretty !== null || raw !== null) && !truncated;
}

/** The broker's bytes as text, where that is what is shown. */
function directText({ raw }: ShownPayload, bytes: Uint8Array): ReturnType<typeof textOf> {
  const text = textOf(bytes);
  return text && raw !== null && (text.text.startsWith(raw) || raw.startsWith(text.text)) ? text : undefined;
}

/** What a schema or a codec should have told apart can pass for text all the same, and has fields that nobody sees. */
function isUnread({ kind, steps }: ShownPayload, masking: Masking): boolean {
  return (
    kind === 'text' &&
    masking.settings.fields.length > 0 &&
    steps.some((step) => step.outcome === 'failed' && step.decoder !== chainName)
  );
}

/** So many characters at the end of a text that goes on could be the beginning of what a pattern knows. */
const lastCharacters = 256;

function upToCut(text: string, isCut: boolean): string {
  return isCut ? text.slice(0, -lastCharacters) : text;
}
