import { readFieldPath } from '#lib/masking/field-paths.ts';
import { mark } from '#lib/masking/mark.ts';
import { maskKeyText } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';

/** Texts that messages said, by the names under which answers about many of them carry them. */
const said: ReadonlySet<string> = new Set([
  'title',
  'errorClass',
  'errorMessage',
  'reason',
  'message',
  'frames',
  'payloadShape',
  'value',
  'label',
  'detail',
]);

/**
 * An answer that counts or groups, as it may be read. What was indexed under today's rules is masked already; this is for what was indexed before
 * there was a rule.
 */
export function maskAnswer<Answer>(answer: Answer, masking: Masking | undefined): Answer {
  // Only texts are replaced by texts: the shape stays.
  return masking ? (maskTexts(answer, masking, false) as Answer) : answer;
}

interface CountedKey {
  readonly value: string;
  readonly count: number;
}

/** Keys and how often each is there: of which queues they are is not known, and those that are masked are one. */
export function maskKeys(keys: readonly CountedKey[], masking: Masking | undefined): readonly CountedKey[] {
  if (!masking) return keys;
  const counts = new Map<string, number>();
  for (const { value, count } of keys) {
    const shown = maskKeyText(value, masking, { isLane: true });
    counts.set(shown, (counts.get(shown) ?? 0) + count);
  }
  return Array.from(counts, ([value, count]) => ({ value, count })).toSorted((a, b) => b.count - a.count);
}

/** What a fingerprint was made of. A rule for headers holds for the attributes among it. */
export function maskParts<
  Parts extends {
    readonly payloadShape: string | null;
    readonly attributes: readonly { readonly name: string; readonly value: string }[];
  },
>(parts: Parts, masking: Masking | undefined): Parts {
  if (!masking) return parts;
  const attributes = parts.attributes.map(({ name, value }) => ({
    name,
    value: masking.headerRule(name) === null ? value : mark,
  }));
  return maskShape({ ...parts, attributes }, masking);
}

/**
 * A payload's shape with names that may stand below a masked field is none: which are below which cannot be told from it, because a name may hold
 * what the shape is written with.
 */
function maskShape<Parts extends { readonly payloadShape: string | null }>(
  parts: Parts,
  masking: Masking | undefined,
): Parts {
  const shape = parts.payloadShape?.toLowerCase() ?? '';
  const opens = (name: string) => shape.includes(`${name}:{`) || shape.includes(`${name}:[`);
  const isBelow = masking?.settings.fields.some((text) => {
    const last = readFieldPath(text)?.names.at(-1) ?? '';
    // The shape writes # for names that look like ids.
    return opens('#') || opens(last.slice(last.lastIndexOf('*') + 1).toLowerCase());
  });
  return isBelow ? { ...parts, payloadShape: mark } : parts;
}

function maskTexts(value: unknown, masking: Masking, isSaid: boolean): unknown {
  if (typeof value === 'string') return isSaid ? masking.text(value) : value;
  if (Array.isArray(value)) return value.map((item) => maskTexts(item, masking, isSaid));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskTexts(inner, masking, said.has(name))]),
  );
}
