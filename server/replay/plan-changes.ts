import type { PlanChange, Replay, ReplayItem } from '#lib/domain/replay.ts';
import { type RedirectRule, routeOf } from '#lib/replay/destination.ts';
import { type ChangedPlaces, createChangedPlaces } from '#server/replay/changed-places.ts';
import { movesSincePlan } from '#server/replay/moved-by-broker.ts';
import { digestOfRules } from '#server/replay/plan-routes.ts';
import { changesInArchive } from '#server/replay/restore-changes.ts';
import { createChangeTally, type ItemChange, takenSince } from '#server/replay/taken-since.ts';
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
  const items = await changedItems(store, replay, { places, isOver, signal });
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
  const tally = createChangeTally();
  let notLooked = replay.account.planned;
  for (let after: number | null = null; !isOver();) {
    signal.throwIfAborted();
    const items: readonly ReplayItem[] = await store.ledger.listItems(replay.id, {
      states: ['planned'],
      after,
      limit: pageSize,
    });
    const ids = items.map(({ messageId }) => messageId);
    // What is put back into its queue is not in it, and not in the index as open either.
    const changeOf =
      replay.options.action === 'restore'
        ? await changesInArchive(store, items)
        : await changesInIndex(store, items, replay, rules);
    const taken = await takenSince(store, replay, ids);
    for (const item of items) {
      const change = taken.get(item.messageId) ?? changeOf(item);
      if (change !== null) tally.add(change);
    }
    if (replay.plan.toFurtherDestinations > 0) await places.askFurther(items);
    after = items.at(-1)?.ordinal ?? null;
    notLooked = items.length < pageSize ? 0 : notLooked - items.length;
    if (notLooked <= 0) break;
  }
  const { rules: planned } = replay.plan;
  const mayDiffer = notLooked > 0 && planned !== undefined && planned !== digestOfRules(replay.options, rules);
  const unseen: readonly PlanChange[] = mayDiffer
    ? [{ kind: 'goes-elsewhere', count: notLooked, text: notLooked === 1 ? mayGoElsewhere.one : mayGoElsewhere.many }]
    : [];
  return { changes: [...tally.changes(), ...unseen], notLooked };
}

const notSeen = 'not looked at for want of time, and may go elsewhere: the redirect rules have changed';
const mayGoElsewhere = { one: `was ${notSeen}`, many: `were ${notSeen}` };

const changes = {
  gone: { kind: 'gone', one: 'is no longer in its queue', many: 'are no longer in their queue' },
  discarded: { kind: 'discarded', one: 'was discarded', many: 'were discarded' },
  elsewhere: {
    kind: 'goes-elsewhere',
    one: 'would go elsewhere by the redirect rules of now',
    many: 'would go elsewhere by the redirect rules of now',
  },
} as const satisfies Readonly<Record<string, ItemChange>>;

async function changesInIndex(
  { index }: Store,
  items: readonly ReplayItem[],
  { options }: Replay,
  rules: readonly RedirectRule[],
): Promise<(item: ReplayItem) => ItemChange | null> {
  const found = await index.getMessages(items.map(({ messageId }) => messageId));
  const letters = new Map(found.map((letter) => [letter.id, letter]));
  return ({ messageId, destination }) => {
    const letter = letters.get(messageId);
    if (!letter || letter.state === 'gone') return changes.gone;
    if (letter.state === 'discarded') return changes.discarded;
    if (options.action !== 'replay') return null;
    const now = routeOf(letter, options, rules).destination;
    return JSON.stringify(now) === JSON.stringify(destination) ? null : changes.elsewhere;
  };
}
