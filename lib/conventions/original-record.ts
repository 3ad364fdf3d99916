import type { RawDeadLetter, RawMessage } from '#lib/domain/message.ts';

/** Where the message is that a dead letter is only about: it holds circumstances and no copy (KIP-1191). */
export interface OriginalPlace {
  readonly topic: string;
  /** `partition:offset`. */
  readonly position: string;
}

/** Stands among the properties of a dead letter whose message was looked for in its original place, and says what came of it. */
const property = 'original-record';
const fetched = 'fetched from ';
const removed = 'retention has removed the original record ';

/** The dead letter with the message that it is about, whose own headers come first; `null` where the original place no longer has it. */
export function withOriginal(raw: RawDeadLetter, place: OriginalPlace, original: RawMessage | null): RawDeadLetter {
  const note = (original === null ? removed : fetched) + originalPlaceLabel(place);
  const properties = [...raw.properties, { name: property, value: { kind: 'text' as const, text: note } }];
  if (original === null) return { ...raw, properties };
  const { key, body, headers } = original;
  return { ...raw, key, body, headers: [...headers, ...raw.headers], properties };
}

/** What came of the search for the message, and in words; `null` where there was none. */
export function originalRecordOf({
  properties,
}: Pick<RawMessage, 'properties'>): { readonly content: 'fetched' | 'removed'; readonly text: string } | null {
  const value = properties.find(({ name }) => name === property)?.value;
  if (value?.kind !== 'text') return null;
  return { content: value.text.startsWith(fetched) ? 'fetched' : 'removed', text: value.text };
}

export function originalPlaceLabel({ topic, position }: OriginalPlace): string {
  const [partition, offset] = position.split(':');
  return `${topic}-${partition} @ ${offset}`;
}
