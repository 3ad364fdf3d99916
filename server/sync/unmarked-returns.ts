import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { toErrorRecord } from '#lib/domain/errors.ts';
import type { ReturnSign } from '#lib/domain/item-return.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import { compareWithItem, signsOf } from '#lib/replay/returns.ts';
import type { Store } from '#server/store/store.ts';

/** A fresh dead letter with its message as it came. */
export interface FreshLetter {
  readonly letter: Omit<DeadLetter, 'queueId'>;
  readonly raw: RawDeadLetter;
}

/** The item that a dead letter is a return of, and how that is known. */
export interface FoundReturn extends FreshLetter {
  readonly item: ReplayItem;
  readonly by: ReturnSign;
}

type Candidate = ReplayItem & { readonly by: 'event-id' | 'content'; readonly sign: string };

/**
 * Dead letters that say nothing of a replay and came back from one all the same: their consumer wrote them anew, or there was no room for the headers. Costs
 * a look at the ledger for each batch, and more only while a replay of this queue is watched and something arrives that has one of its signs.
 */
export async function findUnmarkedReturns(
  store: Store,
  queueId: string,
  fresh: readonly FreshLetter[],
  now: number,
): Promise<readonly FoundReturn[]> {
  const unmarked = fresh.filter(({ letter }) => letter.replay === null);
  if (unmarked.length === 0 || !(await store.ledger.isWatched(queueId, now))) return [];
  const candidates = await store.ledger.findSigned(
    queueId,
    unmarked.map(({ letter }) => signsOf(letter)),
    now,
  );
  if (candidates.length === 0) return [];
  const bySign = Map.groupBy(candidates, ({ by, sign }) => `${by}\0${sign}`);
  const known = await alreadyKnown(store, queueId, unmarked);
  const taken = new Set<string>();
  const found: FoundReturn[] = [];
  for (const { letter, raw } of unmarked) {
    // What was there before is no return; only a queue that was read before tells what is new.
    if (known === 'all' || known.has(letter.id)) continue;
    const { event, content } = signsOf(letter);
    const mine = [
      ...(event === null ? [] : (bySign.get(`event-id\0${event}`) ?? [])),
      ...(content === null ? [] : (bySign.get(`content\0${content}`) ?? [])),
    ].filter((candidate) => !taken.has(candidate.id));
    const match = await bestMatch(store, queueId, { letter, raw }, mine);
    if (match === null) continue;
    taken.add(match.item.id);
    found.push(match);
  }
  return found;
}

/** Those of them that the index has, or all of them where it has never read the queue to its end. */
async function alreadyKnown(
  store: Store,
  queueId: string,
  fresh: readonly FreshLetter[],
): Promise<ReadonlySet<string> | 'all'> {
  const { syncedAt } = await store.index.getQueue(queueId);
  if (syncedAt === null) return 'all';
  const letters = await store.index.getMessages(fresh.map(({ letter }) => letter.id));
  return new Set(letters.map((letter) => letter.id));
}

/** Each comparison reads a message. */
const comparedMax = 20;

/** The broker's own number first, then the event id, then the content; each of the item that was sent first. */
async function bestMatch(
  store: Store,
  queueId: string,
  fresh: FreshLetter,
  candidates: readonly Candidate[],
): Promise<FoundReturn | null> {
  const possible = candidates
    .map((item) => ({ item, how: compareWithItem(fresh.letter, queueId, item) }))
    .filter(({ how }) => how !== 'no');
  const placed = possible.find(({ how }) => how === 'position');
  if (placed) return { ...fresh, item: placed.item, by: 'position' };
  for (const { item } of possible.slice(0, comparedMax)) {
    if (await isEqual(store, item, fresh)) return { ...fresh, item, by: item.by };
  }
  return null;
}

/** Signs are hashes: what they stand for is compared with the message that was sent. What is no longer in the index is not guessed at. */
async function isEqual(store: Store, { messageId, by }: Candidate, { letter, raw }: FreshLetter): Promise<boolean> {
  try {
    const sent = await store.index.getMessage(messageId);
    if (by === 'event-id') return sent.eventId === letter.eventId && sent.keyDigest === letter.keyDigest;
    return isSameBytes(sent.raw.key, raw.key) && isSameContent(sent.raw, raw);
  } catch (error) {
    if (toErrorRecord(error).code === 'not_found') return false;
    throw error;
  }
}

function isSameContent(sent: RawDeadLetter, raw: RawDeadLetter): boolean {
  return raw.body !== null && raw.body.length > 0 && isSameBytes(sent.body, raw.body);
}

function isSameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
}
