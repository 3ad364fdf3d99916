import { builtInChain, type ConventionChain } from '#lib/conventions/chain.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import { attributesOf } from '#lib/fingerprint/attributes-of.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import { maskMessage } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';
import type { Store } from '#server/store/store.ts';
import { isToldSince } from '#server/sync/told-since.ts';

type Letter = Omit<DeadLetter, 'queueId'>;

/** How the errors of this connection's dead letters are told apart. */
export interface ErrorReading {
  readonly masking?: Masking | undefined;
  readonly groupedBy?: readonly string[] | undefined;
  /** How dead letters are understood; the built-in conventions where absent. */
  readonly conventions?: ConventionChain | undefined;
}

interface Return {
  /** Absent where the index no longer has it. */
  readonly original: DeadLetter | undefined;
  readonly item: Pick<ReplayItem, 'fingerprint' | 'queueId'>;
  readonly queueId: string;
  readonly letter: Letter;
  readonly raw: RawDeadLetter;
}

/**
 * Whether what came back has the error that it was replayed for; `null` where that is not known any more. The ledger remembers the fingerprint, so that
 * it is known also when the original is gone from the index.
 */
export async function compareReturn(
  store: Store,
  { original, item, queueId, letter, raw }: Return,
  reading: ErrorReading,
): Promise<boolean | null> {
  const before = original === undefined ? null : await rawOf(store, original.id);
  // Without replay headers a consumer has written it anew, and nothing of before is in it.
  const isMarked = letter.replay !== null;
  if (before && isMarked && !isToldSince(letter, raw, before, reading.conventions ?? builtInChain)) return null;
  if (item.fingerprint === letter.fingerprint) return true;
  if (original !== undefined) {
    const isGrouped = reading.groupedBy !== undefined;
    return (
      problemOf(original, isGrouped ? before : null, reading) === problemOf(letter, isGrouped ? raw : null, reading)
    );
  }
  // In another queue the same error without a text has another fingerprint.
  if (item.fingerprint === null || item.queueId !== queueId) return null;
  const splits = await store.ledger.listSplits();
  // The part of a group that a person split has a fingerprint of its own.
  return splits.some(({ fingerprint }) => fingerprint === letter.fingerprint) ? null : false;
}

/** Without error text reason and grouping attributes decide: both have the same source, and a replay changes no payload. */
function problemOf(letter: Letter, raw: RawDeadLetter | null, { masking, groupedBy }: ErrorReading): string {
  const attributes =
    raw && groupedBy ? () => attributesOf(masking ? maskMessage(raw, masking) : raw, groupedBy) : undefined;
  return fingerprintOf(letter, { source: '', payloadShape: () => '', attributes }).id;
}

async function rawOf(store: Store, messageId: string): Promise<RawDeadLetter | null> {
  return (await store.index.getMessage(messageId)).raw;
}
