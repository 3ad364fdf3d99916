import { amountOf, amountWords, nameOf, stateWords } from '#components/lag/prepare-lag.ts';
import { countOf, formatCount } from '#components/ui/numbers.ts';
import type { Tone } from '#components/ui/pill.tsx';
import { relativeTime } from '#components/ui/times.ts';
import type { LagApiConnection, LagApiRow } from '#lib/api/lag.ts';

export interface OriginLag {
  readonly words: string;
  readonly tone: Tone;
  /** Each reader, a line. */
  readonly title: string;
}

/** By when a reading is old, however seldom the connection is asked. */
const oldAfterMs = 900_000;

/**
 * How far those are behind who read the topics or queues that a dead-letter queue's messages come from; `null` where nobody is known. What is old, or was
 * read before reading failed, says of when it is.
 */
export function originLag(
  connections: readonly Pick<LagApiConnection, 'at' | 'failing' | 'rows'>[],
  now: number,
): OriginLag | null {
  const rows = connections.flatMap((each) => each.rows);
  if (rows.length === 0) return null;
  const at = Math.min(...connections.flatMap((each) => each.at ?? []));
  const failing = connections.find((each) => each.failing)?.failing;
  const isOld = failing !== undefined || now - at > oldAfterMs;
  const age = relativeTime(at, now);
  const needsSomeone = rows.some((row) => stateWords(row)?.tone === 'attention');
  return {
    words: isOld ? `${wordsOf(rows)}, as of ${age === 'now' ? age : `${age} ago`}` : wordsOf(rows),
    tone: needsSomeone || isOld ? 'attention' : 'plain',
    title: [...(failing ? [`Lag cannot be read: ${failing.error.message}`] : []), ...rows.map(lineOf)].join('\n'),
  };
}

function lineOf(row: LagApiRow): string {
  const state = stateWords(row);
  return `${nameOf(row)}${row.kind === 'group' ? ` on ${row.topic}` : ''}: ${amountWords(row).text} ${row.kind === 'group' ? 'behind' : 'waiting'}${state ? `, ${state.word}` : ''}`;
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
