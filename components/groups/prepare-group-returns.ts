import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { GroupDetail } from '#lib/api/groups.ts';

/** What all replays that are listed did with the messages of a group: `replayed 40, 12 came back, 2 with a different error`; `null` where none sent any. */
export function groupReturnsWords(replays: GroupDetail['replays']): string | null {
  const counts = replays.flatMap((replay) => replay.ofGroup ?? []);
  const sum = (of: 'sent' | 'returned' | 'returnedDifferent' | 'unknown') =>
    counts.reduce((total, each) => total + each[of], 0);
  const sent = sum('sent');
  const unknown = sum('unknown');
  if (sent + unknown === 0) return null;
  const different = sum('returnedDifferent');
  const back = `${formatCount(sum('returned'))} came back`;
  return [
    `Replayed ${countOf(sent, 'time')}`,
    different === 0 ? back : `${back}, ${formatCount(different)} with a different error`,
    ...(unknown > 0 ? [`of ${formatCount(unknown)} nobody knows`] : []),
  ].join(' · ');
}
