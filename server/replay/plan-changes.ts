import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { PlanChange, Replay, ReplayItem, ReplayState } from '#lib/domain/replay.ts';
import { type RedirectRule, routeOf } from '#lib/replay/destination.ts';
import { type ChangedPlaces, createChangedPlaces } from '#server/replay/changed-places.ts';
import { movesSincePlan } from '#server/replay/moved-by-broker.ts';
import { digestOfRules } from '#server/replay/plan-routes.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { Store } from '#server/store/store.ts';

export interface ChangeDependencies {
  readonly store: Store;
  readonly clock: Clock;
  driverOf(connection: string): BrokerDriver;
}

export interface PlanCheck {
  readonly changes: readonly PlanChange[];
  /** Messages, the last of the plan, for which there was no time. */
  readonly notLooked: number;
}

/** For all of it: a person waits for the answer. What is not looked at by then is looked at when its turn comes: the engine sends nothing twice. */
const lookMsMax = 10_000;
/** Of that for the brokers: one that hangs leaves time for the messages. */
const brokersMsMax = 8_000;
const pageSize = 1_000;
const busyStates: ReadonlySet<ReplayState> = new Set(['queued', 'sending', 'paused']);

/** What is no longer as the plan said, each kind with its count; empty where the plan still holds. Moves nothing. */
export async function changesSincePlan(
  dependencies: ChangeDependencies,
  replayId: string,
  signal: AbortSignal,
): Promise<PlanCheck> {
  const { store, clock, driverOf } = dependencies;
  const replay = await store.ledger.getReplay(replayId);
  const until = clock.now() + lookMsMax;
  const isOver = () => clock.now() >= until;
  const late = AbortSignal.timeout(brokersMsMax);
  const places = createChangedPlaces(driverOf, late, signal);
  const [moves] = await Promise.all([
    movesSincePlan(dependencies, replay, late, signal),
    places.askListed(replay.plan.destinations),
  ]);
  // What is put back into its queue is not in it, and not in the index as open either.
  const items =
    replay.options.action === 'restore'
      ? { changes: [], notLooked: 0 }
      : await changedItems(store, replay, { places, isOver, signal });
  return {
    changes: [...places.changes(), ...moves, ...items.changes],
    notLooked: Math.min(replay.account.planned, items.notLooked + places.notAsked()),
  };
}

interface Looking {
  readonly places: ChangedPlaces;
  isOver(): boolean;
  readonly signal: AbortSignal;
}

async function changedItems(store: Store, replay: Replay, { places, isOver, signal }: Looking): Promise<PlanCheck> {
  const rules = await store.ledger.listRedirects();
  const counts = new Map<ItemChangeKind, number>();
  let notLooked = replay.account.planned;
  for (let after: number | null = null; !isOver();) {
    signal.throwIfAborted();
    const items: readonly ReplayItem[] = await store.ledger.listItems(replay.id, {
      states: ['planned'],
      after,
      limit: pageSize,
    });
    const ids = items.map(({ messageId }) => messageId);
    const letters = new Map((await store.index.getMessages(ids)).map((letter) => [letter.id, letter]));
    const taken = await takenSince(store, replay, ids);
    for (const item of items) {
      const kind = taken.get(item.messageId) ?? changeOf(item, letters.get(item.messageId), replay, rules);
      if (kind !== null) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    if (replay.plan.toFurtherDestinations > 0) await places.askFurther(items);
    after = items.at(-1)?.ordinal ?? null;
    notLooked = items.length < pageSize ? 0 : notLooked - items.length;
    if (notLooked <= 0) break;
  }
  const changes = Array.from(counts, ([kind, count]): PlanChange => ({ kind, count, text: texts[kind] })).toSorted(
    (a, b) => b.count - a.count,
  );
  const { rules: planned } = replay.plan;
  if (notLooked > 0 && planned !== undefined && planned !== digestOfRules(replay.options, rules))
    changes.push({ kind: 'goes-elsewhere', count: notLooked, text: mayGoElsewhere });
  return { changes, notLooked };
}

const mayGoElsewhere = 'were not looked at for want of time, and may go elsewhere: the redirect rules have changed';

type ItemChangeKind = keyof typeof texts;

const texts = {
  'sent-meanwhile': 'were sent by another replay, or may have been',
  'in-another-replay': 'are in another replay by now',
  gone: 'are no longer in their queue',
  discarded: 'were discarded',
  'goes-elsewhere': 'would go elsewhere by the redirect rules of now',
} as const;

/** Those of these messages that another replay has taken up after the plan was made, as `findOvertaken` says. */
async function takenSince(
  store: Store,
  { id, plan }: Replay,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, ItemChangeKind>> {
  const taken = new Map<string, ItemChangeKind>();
  for (const item of await store.ledger.listItemsOfMessages(messageIds)) {
    if (item.replayId === id) continue;
    const last = Math.max(item.intendedAt ?? -1, item.sentAt ?? -1);
    if (last >= plan.asOf && item.state !== 'failed' && item.state !== 'skipped')
      taken.set(item.messageId, 'sent-meanwhile');
    else if (busyStates.has(item.replayState) && item.state === 'planned' && !taken.has(item.messageId))
      taken.set(item.messageId, 'in-another-replay');
  }
  return taken;
}

function changeOf(
  item: ReplayItem,
  letter: DeadLetter | undefined,
  { options }: Replay,
  rules: readonly RedirectRule[],
): ItemChangeKind | null {
  if (!letter || letter.state === 'gone') return 'gone';
  if (letter.state === 'discarded') return 'discarded';
  if (options.action !== 'replay') return null;
  const now = routeOf(letter, options, rules).destination;
  return JSON.stringify(now) === JSON.stringify(item.destination) ? null : 'goes-elsewhere';
}
