import { type ErrorCode, errorCodes } from '#lib/domain/errors.ts';
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
const notRead = 'not read, ';
const codeAndReason = /^not read, ([a-z_]+): (.*)$/s;
/** The name of a topic is a stranger's text. */
const reasonCharacters = 600;

/** The dead letter with the message that it is about, whose own headers come first; `null` where the original place no longer has it. */
export function withOriginal(raw: RawDeadLetter, place: OriginalPlace, original: RawMessage | null): RawDeadLetter {
  const note = (original === null ? removed : fetched) + originalPlaceLabel(place);
  const properties = [...raw.properties, { name: property, value: { kind: 'text' as const, text: note } }];
  if (original === null) return { ...raw, properties };
  const { key, body, headers } = original;
  return { ...raw, key, body, headers: [...headers, ...raw.headers], properties };
}

/** The dead letter as it is, with the reason why its message was not read. */
export function withoutOriginal(raw: RawDeadLetter, code: ErrorCode, reason: string): RawDeadLetter {
  const text = `${notRead}${code}: ${reason.slice(0, reasonCharacters)}`;
  return { ...raw, properties: [...raw.properties, { name: property, value: { kind: 'text', text } }] };
}

export type OriginalRecord =
  | { readonly content: 'fetched'; readonly text: string }
  | { readonly content: 'removed'; readonly text: string }
  | { readonly content: 'not-copied'; readonly text: string; readonly code: ErrorCode };

/** What came of the search for the message, and in words; `null` where there was none. */
export function originalRecordOf({ properties }: Pick<RawMessage, 'properties'>): OriginalRecord | null {
  const value = properties.find(({ name }) => name === property)?.value;
  if (value?.kind !== 'text') return null;
  const { text } = value;
  const [, said, reason] = codeAndReason.exec(text) ?? [];
  const code = errorCodes.find((each) => each === said);
  if (code !== undefined && reason !== undefined) return { content: 'not-copied', text: reason, code };
  return { content: text.startsWith(fetched) ? 'fetched' : 'removed', text };
}

export function originalPlaceLabel({ topic, position }: OriginalPlace): string {
  const [partition, offset] = position.split(':');
  return `${topic}-${partition} @ ${offset}`;
}
