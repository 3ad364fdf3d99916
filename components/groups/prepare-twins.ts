import { queueName } from '#components/groups/prepare-groups.ts';
import type { GroupRow } from '#lib/api/groups.ts';

type Twin = Pick<GroupRow, 'fingerprint' | 'title' | 'queues' | 'reason' | 'besidesTitle'>;

/**
 * For groups whose titles read alike, what tells each from the others, by fingerprint: where they are, the frame that threw, why the broker gave them
 * up, what their payloads look like, and where nothing else does the fingerprint. Groups whose title says it all are not in it.
 */
export function twinMarks(rows: readonly Twin[]): ReadonlyMap<string, string> {
  const marks = new Map<string, string>();
  for (const twins of Map.groupBy(rows, (row) => row.title).values()) {
    if (twins.length < 2) continue;
    const tells = ways.find((way) => tellsApart(twins.map(way))) ?? ((row) => `group ${row.fingerprint.slice(0, 6)}`);
    for (const row of twins) marks.set(row.fingerprint, tells(row) ?? '');
  }
  return marks;
}

type Way = (row: Twin) => string | null;

const ways: readonly Way[] = [
  ({ queues }) => (queues.length === 0 ? null : `in ${queues.map(({ queueId }) => queueName(queueId)).join(', ')}`),
  ({ besidesTitle }) => besidesTitle?.value ?? null,
  ({ besidesTitle }) => frameWords(besidesTitle?.frames.slice(0, 1)),
  // The same place, reached from another.
  ({ besidesTitle }) => frameWords(besidesTitle?.frames),
  ({ reason }) => reason,
  ({ besidesTitle }) => shapeWords(besidesTitle?.payloadShape ?? null),
];

function tellsApart(words: readonly (string | null)[]): boolean {
  return words.every((each) => each !== null) && new Set(words).size === words.length;
}

function frameWords(frames: readonly string[] | undefined): string | null {
  return frames === undefined || frames.length === 0 ? null : `at ${frames.join(' ← ')}`;
}

function shapeWords(shape: string | null): string | null {
  return shape === null || shape === '' ? null : `payload ${shape}`;
}
