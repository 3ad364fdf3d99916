import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { RawDeadLetter } from '#lib/domain/message.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import { createEqualsLeft, type EqualsLeft, intentMark } from '#server/replay/intent-mark.ts';
import type { PassEnd, SendDependencies } from '#server/replay/send-items.ts';

/** At most so many messages between two fsyncs: they may be large. */
const batchMax = 100;
/** On a log a line is written and nothing else. */
const logBatchMax = 1_000;

const noLongerThere: ErrorRecord = {
  code: 'not_found',
  message:
    'It was no longer in the queue when its turn came: it expired, or someone else took it. It was neither archived nor removed.',
};

interface Pair {
  readonly item: ReplayItem;
  readonly raw: RawDeadLetter;
}

/**
 * Discards the items of one queue: what is held is written whole into the archive, and only what is there on disk is removed. On a log, where nothing can be
 * removed, being discarded is a state. What was archived and not removed, for whatever reason, is removed by `putRight`. The caller holds the queue's gate.
 */
export async function discardItems(
  dependencies: SendDependencies,
  replay: Replay,
  queueName: string,
  items: readonly ReplayItem[],
  signal: AbortSignal,
): Promise<PassEnd> {
  if (!dependencies.canRemove) return discardInLog(dependencies, replay, items, signal);
  const { driver, throttle } = dependencies;
  const byIdentity = new Map(items.map((item) => [item.identity, item]));
  const met = new Set<string>();
  const wanted = items.map(({ identity, position }) => ({ identity, position }));
  const equalsLeft = createEqualsLeft();

  for await (const held of driver.hold(queueName, wanted, { insist: replay.options.insist }, signal)) {
    for (let start = 0; start < held.messages.length;) {
      const batch = held.messages.slice(start, start + throttle.batchSize(batchMax));
      start += batch.length;
      if (!(await mayGoOn(dependencies, batch.length, signal))) return { kind: 'halted' };
      const pairs = batch.flatMap((raw): Pair[] => {
        const item = byIdentity.get(raw.identity);
        if (!item || met.has(item.id)) return [];
        met.add(item.id);
        return [{ item, raw }];
      });
      await archive(dependencies, replay, pairs, equalsLeft);
      const removed = (await held.remove(pairs.map(({ item }) => item.identity))).flatMap((outcome) => {
        const item = outcome.kind === 'removed' ? byIdentity.get(outcome.identity) : undefined;
        return item ? [item] : [];
      });
      await settle(dependencies, removed);
    }
  }
  await skipMissing(
    dependencies,
    items.filter((item) => !met.has(item.id)),
  );
  return { kind: 'finished' };
}

async function archive(
  { store, clock }: SendDependencies,
  replay: Replay,
  pairs: readonly Pair[],
  equalsLeft: EqualsLeft,
): Promise<void> {
  if (pairs.length === 0) return;
  const entries = pairs.map(({ item, raw }) => {
    const mark = intentMark({ watermark: null, equals: equalsLeft.of(raw) });
    return { itemId: item.id, raw, mark };
  });
  await store.ledger.archive(entries, clock.now());
  equalsLeft.noteTaken(pairs.map(({ raw }) => raw));
  await showDiscarded(
    { store, clock },
    replay,
    pairs.map(({ item }) => item),
  );
}

async function discardInLog(
  dependencies: SendDependencies,
  replay: Replay,
  items: readonly ReplayItem[],
  signal: AbortSignal,
): Promise<PassEnd> {
  const { store, clock, throttle } = dependencies;
  for (let start = 0; start < items.length;) {
    const batch = items.slice(start, start + throttle.batchSize(logBatchMax));
    start += batch.length;
    if (!(await mayGoOn(dependencies, batch.length, signal))) return { kind: 'halted' };
    const mark = intentMark({ watermark: null, equals: 1 });
    const entries = batch.map((item) => ({ itemId: item.id, raw: null, mark }));
    await store.ledger.archive(entries, clock.now());
    await showDiscarded(dependencies, replay, batch);
    await settle(dependencies, batch);
  }
  return { kind: 'finished' };
}

/** At the pace that was chosen; false when the operator no longer wants it. */
export async function mayGoOn(dependencies: SendDependencies, count: number, signal: AbortSignal): Promise<boolean> {
  const isTime = await dependencies.throttle.wait(count, dependencies.mayGoOn, signal);
  signal.throwIfAborted();
  return isTime && (await dependencies.mayGoOn());
}

function showDiscarded(
  { store, clock }: Pick<SendDependencies, 'store' | 'clock'>,
  replay: Replay,
  items: readonly ReplayItem[],
): Promise<void> {
  const at = clock.now();
  return store.index.setStates(
    items.map(({ messageId }) => ({ messageId, state: 'discarded', at, replayId: replay.id })),
  );
}

async function settle({ store, clock }: SendDependencies, items: readonly ReplayItem[]): Promise<void> {
  if (items.length === 0) return;
  await store.ledger.recordItems(
    items.map((item) => ({ itemId: item.id, state: 'settled' })),
    clock.now(),
  );
}

async function skipMissing({ store, clock }: SendDependencies, missing: readonly ReplayItem[]): Promise<void> {
  if (missing.length === 0) return;
  const at = clock.now();
  await store.ledger.recordItems(
    missing.map((item) => ({ itemId: item.id, state: 'skipped', reason: noLongerThere })),
    at,
  );
  // What a replay has sent, or may have sent, is not called gone because it is no longer there.
  const letters = await store.index.getMessages(missing.map((item) => item.messageId));
  const untouched = letters.filter(({ state }) => !['replayed', 'unknown', 'discarded'].includes(state));
  await store.index.setStates(untouched.map(({ id }) => ({ messageId: id, state: 'gone', at, replayId: null })));
}
