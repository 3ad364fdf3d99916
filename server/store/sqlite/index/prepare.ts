import type { SQLInputValue } from 'node:sqlite';
import type { DeadLetter, Failure } from '#lib/domain/dead-letter.ts';
import type { Fingerprint } from '#lib/fingerprint/fingerprint.ts';
import { boundLetter } from '#server/store/bounds.ts';
import { createByteWriter } from '#server/store/bytes.ts';
import { writeContent } from '#server/store/content.ts';
import { hashText } from '#server/store/sqlite/index/hash.ts';
import { alikeOf, restOf, sequenceRank, splitStack, stateCodes } from '#server/store/sqlite/index/row.ts';
import { waitsOf } from '#server/store/sqlite/index/unsearched-waits.ts';
import type { MessageTable } from '#server/store/sqlite/schema.ts';
import type { IngestBatch } from '#server/store/store.ts';

/**
 * A batch with everything done that needs no database: bounded and encoded. Plain data with two buffers, so that it costs little to hand it to the
 * thread that writes: the raw messages as they are would cost ten times as much.
 */
export interface PreparedBatch extends Omit<IngestBatch, 'letters'> {
  readonly letters: readonly PreparedLetter[];
  readonly groups: readonly { readonly fingerprint: Fingerprint; readonly failure: Failure }[];
  /** Texts that `PreparedLetter` names by their place. */
  readonly phrases: readonly string[];
  /** Encoded contents one after the other, and where each ends. */
  readonly contents: Uint8Array<ArrayBuffer>;
  readonly contentEnds: Uint32Array<ArrayBuffer>;
}

export interface PreparedLetter {
  readonly uid: string;
  readonly uidHash: number;
  readonly state: number;
  readonly firstSeenAt: number;
  /** Places in `groups` and `phrases`. */
  readonly group: number;
  readonly alike: number;
  readonly stackFrames: number | null;
  readonly causationId: string | null;
  readonly traceId: string | null;
  /** Of one of whose payload a filter does not see all, see `unsearched-waits.ts`. */
  readonly waits: number | null;
  /** In the order of `ownColumns`. */
  readonly columns: readonly SQLInputValue[];
}

/** Columns whose values are known without the database. */
export const ownColumns = [
  ...['at', 'state_at', 'sequence_rank', 'lane', 'key_digest', 'key_text'],
  ...['correlation_id', 'event_id', 'event_type', 'last_replay_id', 'return_of', 'error_class', 'error_message'],
  ...['reason', 'preview', 'stack_head', 'rest', 'returns'],
] as const satisfies readonly (keyof MessageTable)[];

/** The text of a column. */
export function textOf({ columns }: PreparedLetter, column: (typeof ownColumns)[number]): string | null {
  const value = columns[places[column]];
  return typeof value === 'string' ? value : null;
}

// One place for each name, by the type of `ownColumns`.
const places = Object.fromEntries(ownColumns.map((column, place) => [column, place])) as Record<
  (typeof ownColumns)[number],
  number
>;

/** Buffers that need not be copied on their way to another thread. */
export function buffersOf({ contents, contentEnds }: PreparedBatch): ArrayBuffer[] {
  return [contents.buffer, contentEnds.buffer];
}

const writer = createByteWriter(1_024 * 1_024);

export function prepare({ letters, ...batch }: IngestBatch): PreparedBatch {
  const groups = createPlaces<PreparedBatch['groups'][number]>();
  const phrases = createPlaces<string>();
  const contentEnds = new Uint32Array(letters.length);
  // What a batch that failed has left.
  writer.take();
  const prepared = letters.map(({ letter: unbounded, raw, group: fingerprint, decoded }, index): PreparedLetter => {
    const letter = boundLetter(unbounded);
    const stack = splitStack(letter.failure);
    writeContent(writer, raw, decoded);
    contentEnds[index] = writer.length;
    const alike = alikeOf(letter);
    return {
      uid: letter.id,
      uidHash: hashText(letter.id),
      state: stateCodes[letter.state],
      firstSeenAt: letter.firstSeenAt,
      group: groups.of(fingerprint.id, () => ({ fingerprint, failure: { ...letter.failure, stackTrace: null } })),
      alike: phrases.of(alike, () => alike),
      stackFrames: stack && phrases.of(stack.frames, () => stack.frames),
      causationId: letter.causationId,
      traceId: letter.traceId,
      waits: decoded ? waitsOf(decoded) : null,
      columns: columnsOf(letter, stack?.head ?? null),
    };
  });
  return {
    ...batch,
    letters: prepared,
    groups: groups.items,
    phrases: phrases.items,
    contents: new Uint8Array(writer.take()),
    contentEnds,
  };
}

function columnsOf(letter: Omit<DeadLetter, 'queueId'>, stackHead: string | null): SQLInputValue[] {
  const { failure } = letter;
  return [
    letter.at,
    letter.stateAt,
    letter.sequence === null ? null : sequenceRank(letter.sequence),
    letter.lane,
    letter.keyDigest,
    letter.keyText,
    letter.correlationId,
    letter.eventId,
    letter.eventType,
    letter.lastReplayId,
    letter.replay?.replayId ?? null,
    failure.errorClass,
    failure.errorMessage,
    failure.reason,
    letter.preview,
    stackHead,
    restOf(letter),
    letter.returns,
  ];
}

/** What repeats stands once, and is named by its place. */
function createPlaces<Item>() {
  const places = new Map<string, number>();
  const items: Item[] = [];
  return {
    items,
    of(key: string, make: () => Item): number {
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, items.length);
      return items.push(make()) - 1;
    },
  };
}
