import { amountOf, amountWords, nameOf, stateWords } from '#components/lag/prepare-lag.ts';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import type { LagApiRow } from '#lib/api/lag.ts';

export interface OriginLag {
  readonly words: string;
  readonly tone: Tone;
  /** Each reader, a line. */
  readonly title: string;
}

/** How far those are behind who read the topics or queues that a dead-letter queue's messages come from; `null` where nobody is known. */
export function originLag(rows: readonly LagApiRow[]): OriginLag | null {
  if (rows.length === 0) return null;
  const needsSomeone = rows.some((row) => stateWords(row)?.tone === 'attention');
  return {
    words: wordsOf(rows),
    tone: needsSomeone ? 'attention' : 'plain',
    title: rows
      .map((row) => {
        const state = stateWords(row);
        return `${nameOf(row)}${row.kind === 'group' ? ` on ${row.topic}` : ''}: ${amountWords(row).text} ${row.kind === 'group' ? 'behind' : 'waiting'}${state ? `, ${state.word}` : ''}`;
      })
      .join('\n'),
  };
}

function wordsOf(rows: readonly LagApiRow[]): string {
  const [only] = rows;
  const groups = rows.filter(({ kind }) => kind === 'group').length;
  const behind = rows.filter((row) => (amountOf(row) ?? 0) > 0);
  const total = behind.reduce((sum, row) => sum + (amountOf(row) ?? 0), 0);
  const about = rows.some((row) => row.kind === 'queue' && row.approximate) ? 'about ' : '';
  const verb = groups > 0 ? 'behind' : 'waiting';
  if (rows.every((row) => amountOf(row) === null)) return 'lag not told';
  if (rows.length === 1 && only?.kind === 'queue') return `${about}${formatCount(total)} waiting in its origin`;
  const who = countOf(rows.length, groups > 0 ? 'group' : 'origin');
  return total === 0
    ? `${who}, ${groups > 0 ? 'none behind' : 'nothing waiting'}`
    : `${who}, ${about}${formatCount(total)} ${verb}`;
}
