import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { MoveAllView } from '#lib/api/move-all.ts';

/** How a move goes, in words. The broker's counts are only about right. */
export function moveWords(progress: NonNullable<MoveAllView['progress']>): {
  readonly tone: Tone;
  readonly words: string;
} {
  const { state, moved, of, problem } = progress;
  // A broker may say 0 of a move that is done.
  const isKnown = of !== null && moved !== null && of >= moved;
  const why = problem === null ? '' : `: ${problem}`;
  const count = moved === null ? '' : ` about ${formatCount(moved)}${isKnown ? ` of ${formatCount(of)}` : ''}`;
  switch (state) {
    case 'running':
      return {
        tone: 'motion',
        words: `Moving everything:${count === '' ? ' begun' : count}${problem === null ? '' : `, but ${problem}`}`,
      };
    case 'cancelling':
      return { tone: 'motion', words: `Stopping the move:${count === '' ? ' asked' : count}` };
    case 'done':
      return problem === null
        ? { tone: 'settled', words: `Everything was moved${count === '' ? '' : `:${count}`}` }
        : { tone: 'plain', words: `The move is over${count === '' ? '' : ` at${count}`}. ${problem}` };
    case 'cancelled':
      return { tone: 'plain', words: `The move was cancelled${count === '' ? '' : ` at${count}`}` };
    case 'failed':
      return {
        tone: 'failing',
        words: `The move failed${count === '' ? '' : ` at${count}`}${why}`,
      };
  }
}

export function moveTitle({ about }: Pick<MoveAllView['facts'], 'about'>): string {
  return about === null ? 'Move everything' : `Move about ${countOf(about, 'message')}`;
}

/** Where everything goes: `null` where the broker knows it of each message, empty where a person has still to say. */
export function placeOf(
  { destinations, destination }: Pick<MoveAllView['facts'], 'destinations' | 'destination'>,
  chosen: string | null,
): string | null {
  return destinations === null ? null : (chosen ?? destination ?? '').trim();
}

/** `null` as fast as the broker likes, `wrong` for what it cannot be asked for. */
export function readRate(text: string, most: number): number | null | 'wrong' {
  if (text.trim() === '') return null;
  const rate = Number(text);
  return Number.isInteger(rate) && rate >= 1 && rate <= most ? rate : 'wrong';
}

/** What of the fields keeps it from beginning; `null` where nothing does. */
export function wrongField(rate: ReturnType<typeof readRate>, most: number | null, to: string | null): string | null {
  if (to === '') return 'Say to which queue.';
  return rate === 'wrong' ? `A rate is a whole number from 1 to ${formatCount(most ?? 1)}, or nothing.` : null;
}
