import type { RawDeadLetter } from '#lib/domain/message.ts';

/** What an intent writes down beside the item, so that a crash can be put right. */
export interface IntentMark {
  /** The destination's end before the send; `null` where the broker has no such thing. */
  readonly watermark: string | null;
  /** How many messages of the same content the dead-letter queue held then; 1 where messages have identities of their own, `null` where they were not counted. */
  readonly equals: number | null;
}

export function intentMark({ watermark, equals }: IntentMark): string {
  if (last?.watermark !== watermark || last.equals !== equals)
    last = { watermark, equals, text: JSON.stringify({ watermark, equals }) };
  return last.text;
}

/** The messages of a pass mostly have the same. */
let last: (IntentMark & { readonly text: string }) | null = null;

/** `null` for what is not one of ours. */
export function readIntentMark(text: string | null): IntentMark | null {
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || !('equals' in parsed) || !('watermark' in parsed)) return null;
    const { equals, watermark } = parsed;
    if (!(equals === null || typeof equals === 'number') || !(watermark === null || typeof watermark === 'string'))
      return null;
    return { equals, watermark };
  } catch {
    return null;
  }
}

/** Equal messages are numbered by their place, so their identities differ behind the `#` alone. */
export function contentOf(identity: string): string {
  return identity.replace(/#\d+$/, '');
}

/**
 * How many messages of the same content the queue holds while a pass works on it. They are counted once, when it is held; what the pass itself has taken out of it
 * since is no longer one of them, whether a crash finds it removed or not yet.
 */
export interface EqualsLeft {
  /** With the message itself; `null` where they were not counted. */
  of(raw: RawDeadLetter): number | null;
  /** They were sent, and are removed next. */
  noteTaken(raws: readonly RawDeadLetter[]): void;
}

export function createEqualsLeft(): EqualsLeft {
  const taken = new Map<string, number>();
  return {
    of(raw) {
      if (raw.equals === undefined) return 1;
      return raw.equals === null ? null : raw.equals - (taken.get(contentOf(raw.identity)) ?? 0);
    },
    noteTaken(raws) {
      for (const { identity, equals } of raws)
        if (typeof equals === 'number' && equals > 1)
          taken.set(contentOf(identity), (taken.get(contentOf(identity)) ?? 0) + 1);
    },
  };
}
