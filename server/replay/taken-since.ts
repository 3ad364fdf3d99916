import type { PlanChange, Replay, ReplayAction, ReplayState } from '#lib/domain/replay.ts';
import type { Store } from '#server/store/store.ts';

/** What became of one message of a plan since, in words for one and for several of them. */
export interface ItemChange {
  readonly kind: PlanChange['kind'];
  readonly one: string;
  readonly many: string;
  /** The replays that did it follow the words. */
  readonly by?: { readonly action: ReplayAction; readonly number: number };
  /** What follows them: `by now`. */
  readonly after?: string;
}

type EarlierItem = Awaited<ReturnType<Store['ledger']['listItemsOfMessages']>>[number];

const busyStates: ReadonlySet<ReplayState> = new Set(['queued', 'sending', 'paused']);

const doings: Readonly<Record<ReplayAction, { readonly kind: PlanChange['kind']; readonly done: string }>> = {
  replay: { kind: 'sent-meanwhile', done: 'sent' },
  discard: { kind: 'discarded', done: 'discarded' },
  restore: { kind: 'restored-meanwhile', done: 'restored' },
};

/** Of these messages what others did with them after the plan was made, by message: the last of it. As `findOvertaken` says, and those that are in one that runs. */
export async function takenSince(
  store: Store,
  { id, plan }: Replay,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, ItemChange>> {
  const overtaken = new Map<string, ItemChange>();
  const busy = new Map<string, ItemChange>();
  for (const item of await store.ledger.listItemsOfMessages(messageIds)) {
    if (item.replayId === id) continue;
    const last = Math.max(item.intendedAt ?? -1, item.sentAt ?? -1);
    const { messageId, replayState, state } = item;
    if (last >= plan.asOf && state !== 'failed' && state !== 'skipped') {
      if (!overtaken.has(messageId)) overtaken.set(messageId, changeBy(item));
    } else if (busyStates.has(replayState) && state === 'planned' && !busy.has(messageId))
      busy.set(messageId, {
        kind: 'in-another-replay',
        one: 'is in',
        many: 'are in',
        by: { action: item.action, number: item.replayNumber },
        after: 'by now',
      });
  }
  return new Map([...busy, ...overtaken]);
}

function changeBy({ action, replayNumber, state }: EarlierItem): ItemChange {
  const { kind, done } = doings[action];
  const by = { action, number: replayNumber };
  if (state === 'sent' || state === 'settled') return { kind, one: `was ${done} by`, many: `were ${done} by`, by };
  const perhaps = `may have been ${done} by`;
  return { kind, one: perhaps, many: perhaps, by };
}

/** Counts changes and puts them into words; most messages first. */
export function createChangeTally() {
  const tally = new Map<string, { readonly change: ItemChange; count: number; readonly by: Map<number, string> }>();
  return {
    add(change: ItemChange): void {
      const key = JSON.stringify([change.kind, change.many]);
      const known = tally.get(key) ?? { change, count: 0, by: new Map<number, string>() };
      tally.set(key, known);
      known.count += 1;
      if (change.by) known.by.set(change.by.number, `${change.by.action} ${change.by.number}`);
    },
    changes: (): readonly PlanChange[] =>
      [...tally.values()]
        .map(({ change: { kind, one, many, after }, count, by }) => ({
          kind,
          count,
          text: [count === 1 ? one : many, namesOf(by), after].filter(Boolean).join(' '),
        }))
        .toSorted((a, b) => b.count - a.count),
  };
}

/** Of the replays in one sentence; those beyond are a number. */
const namedMax = 5;

/** `replay 12, replay 13 and discard 14` */
function namesOf(by: ReadonlyMap<number, string>): string {
  const names = [...by].toSorted(([a], [b]) => a - b).map(([, name]) => name);
  const told = names.length > namedMax + 1 ? [...names.slice(0, namedMax), `${names.length - namedMax} more`] : names;
  return told.length < 2 ? told.join('') : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`;
}
