/**
 * How a dead letter was recognised as a replayed message that came back. `headers`: it carries the marks of its replay. `position`: the broker's own number
 * is that of the sent message. `event-id` and `content` (key and payload are equal) are likely, and no proof.
 */
export const returnSigns = ['headers', 'position', 'event-id', 'content'] as const;
export type ReturnSign = (typeof returnSigns)[number];

/** The dead letter that a replayed message came back as. */
export interface ItemReturn {
  readonly messageId: string;
  readonly at: number;
  /** `null` where the error of the original is no longer known. */
  readonly sameError: boolean | null;
  readonly by: ReturnSign;
  /** How often the message had come back by then, in all its replays, this time included. */
  readonly count: number;
}

/** What a person said of an item whose outcome nobody knew. A later proof of the contrary stands beside it. */
export interface ItemDecision {
  readonly outcome: 'sent' | 'not-sent';
  readonly by: string;
  readonly at: number;
  readonly reason: string;
}

/** Whether the sign is enough to say so without "probably". */
export function isCertain(by: ReturnSign): boolean {
  return by === 'headers' || by === 'position';
}
