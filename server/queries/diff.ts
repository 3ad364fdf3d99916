import type { z } from 'zod';
import type { DiffChoice, diffQuery, DiffResponse } from '#lib/api/diff.ts';
import type { ShownPayload } from '#lib/api/messages.ts';
import type { DeadLetter, DeadLetterDetail } from '#lib/domain/dead-letter.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Masking } from '#lib/masking/masking.ts';
import { diffTexts } from '#lib/payload/diff.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readHistory } from '#server/queries/message.ts';
import { toMessageRow } from '#server/queries/to-view.ts';

const neighboursMax = 5;

/** The payload beside that of a message that it has to do with: what it was before it came back, or what its neighbours look like. */
export async function readDiff(runtime: Runtime, id: string, query: z.output<typeof diffQuery>): Promise<DiffResponse> {
  const letter = await runtime.store.index.getMessage(id);
  const choices = await choicesOf(runtime, letter);
  const wanted = query.with ?? choices[0]?.id;
  if (wanted === undefined) return { choices, with: null, diff: null, isNewer: true, sameBytes: null, withheld: null };

  const other = await runtime.store.index.getMessage(wanted);
  const compared = choices.find((choice) => choice.id === wanted) ?? toChoice(other, 'asked', runtime.masking);
  const isNewer = compared.relation === 'original' || (compared.relation !== 'return' && other.at <= letter.at);
  const [mine, theirs] = await Promise.all([textOf(runtime, letter), textOf(runtime, other)]);
  const found = { choices, with: compared, isNewer };
  if (mine === null || theirs === null)
    return {
      ...found,
      diff: null,
      sameBytes: null,
      withheld: 'The bytes are masked and are no text: they cannot be compared here.',
    };
  const diff = isNewer ? diffTexts(theirs.text, mine.text) : diffTexts(mine.text, theirs.text);
  // That two masked values are the same, or not, would tell of them.
  const isMasked = mine.isMasked || theirs.isMasked;
  return { ...found, diff, sameBytes: isMasked ? null : isEqual(letter.raw.body, other.raw.body), withheld: null };
}

async function choicesOf(runtime: Runtime, letter: DeadLetterDetail): Promise<readonly DiffChoice[]> {
  const related = new Map<string, DiffChoice['relation']>();
  for (const event of await readHistory(runtime, letter)) {
    if (event.kind === 'return-of' && event.messageId !== null) related.set(event.messageId, 'original');
    if (event.kind === 'returned') related.set(event.messageId, 'return');
  }
  for (const { id } of await neighboursOf(runtime, letter)) if (!related.has(id)) related.set(id, 'same-key');
  related.delete(letter.id);
  const letters = await runtime.store.index.getMessages([...related.keys()]);
  return letters.map((each) => toChoice(each, related.get(each.id) ?? 'same-key', runtime.masking));
}

/** Newest first, of the same queue. A masked key has no digest: who its neighbours are would tell of it. */
async function neighboursOf({ store, masking }: Runtime, letter: DeadLetter): Promise<readonly DeadLetter[]> {
  // What was indexed before its key was masked has one.
  if (letter.keyDigest === null || toMessageRow(letter, masking).key !== letter.keyText) return [];
  const { messages } = await store.index.listMessages({
    filter: {
      kind: 'and',
      terms: [
        { kind: 'equals', field: 'queue', value: letter.queueId },
        { kind: 'equals', field: 'key', value: letter.keyDigest },
      ],
    },
    range: { from: null, to: null },
    cursor: null,
    limit: neighboursMax + 1,
  });
  return messages.filter(({ id }) => id !== letter.id).slice(0, neighboursMax);
}

function toChoice(letter: DeadLetter, relation: DiffChoice['relation'], masking: Masking | undefined): DiffChoice {
  const { id, identity, at } = toMessageRow(letter, masking);
  return { id, relation, identity, at };
}

/** As a person reads it; `null` where nothing of it may be read. */
async function textOf(runtime: Runtime, { queueId, raw }: DeadLetterDetail) {
  const { body, headers, properties } = raw;
  const connection = splitQueueId(queueId)?.connection ?? '';
  const shown = await runtime.payloads.show(connection, { part: 'value', bytes: body, headers, properties });
  const text = readable(shown);
  return text === null ? null : { text, isMasked: shown.maskedBy.length > 0 };
}

function readable({ pretty, raw, hex, kind }: ShownPayload): string | null {
  if (kind === 'null' || kind === 'empty') return '';
  return pretty ?? raw ?? (hex === '' ? null : hex);
}

function isEqual(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.from(a.buffer, a.byteOffset, a.length).equals(b);
}
