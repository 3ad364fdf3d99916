import type { ShownPayload } from '#lib/api/messages.ts';
import type { Masking, RulesMet } from '#lib/masking/masking.ts';
import { decodePayload } from '#server/payload/decode-payload.ts';

/**
 * What stands in an envelope is masked by where it stands in it, too: `Message.card` is the card of what an SNS notification holds. So where the
 * envelope's text has something masked, what is inside is taken out of the masked text.
 */
export function maskWrapped(payload: ShownPayload, shown: ShownPayload, masking: Masking): ShownPayload {
  const { raw, pretty } = shown;
  if (raw === null || pretty === null || raw === payload.raw || !isWrapped(payload)) return shown;
  if (shown.truncated) return { ...shown, pretty: null };
  const bytes = new TextEncoder().encode(raw);
  const inside = decodePayload({ part: 'value', bytes, headers: [], properties: [] }, () => nobodyAsks, false);
  if (inside.kind !== 'shown' || inside.payload.pretty === null) return { ...shown, pretty: null };
  const rules: RulesMet = new Set(shown.maskedBy);
  return { ...shown, pretty: masking.text(inside.payload.pretty, rules), maskedBy: [...rules] };
}

const nobodyAsks = { kind: 'missing', note: 'The registry is not asked again.' } as const;

/** Whether the indented text is that of something within the text that was sent. */
function isWrapped({ raw, pretty }: ShownPayload): boolean {
  return bare(raw) !== bare(pretty);
}

function bare(text: string | null): string | null {
  return text === null ? null : text.replaceAll(/\s+/g, '');
}
