import type { Tone } from '#components/ui/pill.tsx';
import type { ReplayItemView } from '#lib/api/replays.ts';

/** What became of one message of a replay. */
export function itemPill(item: Pick<ReplayItemView, 'state' | 'returned'>): {
  readonly tone: Tone;
  readonly word: string;
} {
  if (item.returned)
    return { tone: 'failing', word: item.returned.sameError ? 'returned, same error' : 'returned, other error' };
  switch (item.state) {
    case 'planned':
      return { tone: 'plain', word: 'to go' };
    case 'intended':
      return { tone: 'motion', word: 'being sent' };
    case 'sent':
      return { tone: 'motion', word: 'sent' };
    case 'settled':
      return { tone: 'settled', word: 'sent, not seen again' };
    case 'skipped':
      return { tone: 'attention', word: 'not sent' };
    case 'failed':
      return { tone: 'failing', word: 'failed' };
    case 'unknown':
      return { tone: 'attention', word: 'unknown' };
  }
}
