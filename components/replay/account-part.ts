import type { Tone } from '#components/ui/pill.tsx';

/** One line of an account: `3 returned`. */
export interface AccountPart {
  readonly key: 'sent' | 'not-seen' | 'restored' | 'returned' | 'unknown' | 'failed' | 'skipped' | 'waiting';
  readonly tone: Tone;
  readonly count: number;
  readonly words: string;
}
