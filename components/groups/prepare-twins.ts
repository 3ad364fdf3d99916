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
    const common = tells === shapeWords ? commonFields(twins.map((row) => tells(row) ?? '')) : 0;
    for (const row of twins) {
      const words = tells(row) ?? '';
      marks.set(row.fingerprint, common === 0 ? words : `payload … ${words.slice(common)}`);
    }
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
  ({ besidesTitle }) => attributeWords(besidesTitle?.attributes),
  shapeWords,
];

function tellsApart(words: readonly (string | null)[]): boolean {
  return words.every((each) => each !== null) && new Set(words).size === words.length;
}

function frameWords(frames: readonly string[] | undefined): string | null {
  return frames === undefined || frames.length === 0 ? null : `at ${frames.join(' ← ')}`;
}

function attributeWords(attributes: NonNullable<Twin['besidesTitle']>['attributes'] | undefined): string | null {
  if (attributes === undefined || attributes.length === 0) return null;
  return attributes.map(({ name, value }) => `${name} ${value}`).join(', ');
}

function shapeWords({ besidesTitle }: Twin): string | null {
  const shape = besidesTitle?.payloadShape ?? '';
  return shape === '' ? null : `payload ${shape}`;
}

/** How many characters all begin with, in whole fields, and before the name of what holds the first difference: a line is cut at its end, and would say the same of all. */
function commonFields(shapes: readonly string[]): number {
  const [first = '', ...others] = shapes;
  let same = 0;
  while (same < first.length && others.every((other) => other[same] === first[same])) same += 1;
  const fields = first.slice(0, same).replace(/[^{,]*$/, '');
  if (!fields.endsWith('{')) return fields.length;
  const holder = fields.slice(0, -1);
  return Math.max(holder.lastIndexOf(','), holder.lastIndexOf('{')) + 1;
}
