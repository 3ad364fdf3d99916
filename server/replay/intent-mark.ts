/** What an intent writes down beside the item, so that a crash can be put right. */
export interface IntentMark {
  /** The destination's end before the send; `null` where the broker has no such thing. */
  readonly watermark: string | null;
  /** How many messages of the same content the dead-letter queue held then; 1 where messages have identities of their own, `null` where they were not counted. */
  readonly equals: number | null;
}

export function intentMark(mark: IntentMark): string {
  return JSON.stringify(mark);
}

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
