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

function maskTexts(value: unknown, masking: Masking, isSaid: boolean): unknown {
  if (typeof value === 'string') return isSaid ? masking.text(value) : value;
  if (Array.isArray(value)) return value.map((item) => maskTexts(item, masking, isSaid));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, maskTexts(inner, masking, said.has(name))]),
  );
}
