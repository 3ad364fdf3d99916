import type { z } from 'zod';
import type { groupChange, GroupDetail } from '#lib/api/groups.ts';
import type { GroupDecision } from '#lib/domain/error-group.ts';
import { AppError } from '#lib/domain/errors.ts';
import { sharedDecision } from '#lib/groups/shared-decision.ts';
import type { Caller } from '#server/http/caller.ts';
import { audited } from '#server/http/replay-actions.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readGroup } from '#server/queries/group.ts';
import { readTriage } from '#server/queries/read-triage.ts';
import type { TriageChange } from '#server/store/group-ledger.ts';
import type { Store } from '#server/store/store.ts';

type Change = z.output<typeof groupChange>;

/** What a person decides about a group. All of it is written, or nothing. */
export async function changeGroup(
  runtime: Runtime,
  fingerprint: string,
  change: Change,
  caller: Caller,
): Promise<GroupDetail> {
  const { store, clock } = runtime;
  await audited(runtime, caller, actionOf(change), fingerprint, async () => {
    await refuseUnknown(runtime, [fingerprint, ...(change.mergeInto ? [change.mergeInto] : [])]);
    if (change.splitBy) await refusePart(runtime, fingerprint);
    const changes = { ...(await decidedElsewhere(store, fingerprint, change)), ...toTriageChange(change, clock.now()) };
    await store.ledger.changeGroup(fingerprint, changes, caller.actor, clock.now());
  });
  return readGroup(runtime, fingerprint);
}

/** The ledger takes any fingerprint; a decision about a group that never was would lie there for good. */
async function refuseUnknown({ store }: Runtime, fingerprints: readonly string[]): Promise<void> {
  const known = new Set((await store.index.listGroupParts(fingerprints)).map((part) => part.fingerprint));
  const unknown = fingerprints.find((fingerprint) => !known.has(fingerprint));
  if (unknown === undefined) return;
  throw new AppError('not_found', `There is no group ${unknown.slice(0, 40)}: no dead letter of it was met.`, {
    details: { group: unknown.slice(0, 40) },
  });
}

/** One step is what a person can see across; the whole can be split by the other thing instead. */
async function refusePart({ store }: Runtime, fingerprint: string): Promise<void> {
  const parts = await store.index.listSplitOff([fingerprint]);
  if (!parts.some((part) => part.fingerprint === fingerprint)) return;
  throw new AppError('conflict', 'This is a part of a group that was split. A part is not split again.', {
    details: { group: fingerprint },
  });
}

/** What holds already and would be lost by the change: a part begins with what was decided about the whole, and the joined whole has what its parts share. */
async function decidedElsewhere(store: Store, fingerprint: string, { splitBy }: Change): Promise<TriageChange> {
  const [own, triage, family] = await Promise.all([
    store.ledger.listTriage(),
    readTriage(store),
    store.index.listSplitOff([fingerprint]),
  ]);
  const known = new Map(triage.map((record) => [record.fingerprint, record]));
  if (splitBy === null) {
    const parts = await store.index.listGroupParts(family.map((part) => part.fingerprint));
    const undecided = { decision: { kind: 'open' }, owner: null } as const;
    return sharedDecision(
      parts.filter(({ count }) => count > 0).map((part) => known.get(part.fingerprint) ?? undecided),
    );
  }
  const inherited = known.get(fingerprint);
  if (!inherited || own.some((record) => record.fingerprint === fingerprint)) return {};
  return { decision: inherited.decision, owner: inherited.owner };
}

function toTriageChange(change: Change, now: number): TriageChange {
  const { state, ignoredUntil, resolvedAt, owner, note, mergeInto, splitBy } = change;
  if (ignoredUntil !== undefined && state !== 'ignored')
    throw new AppError('invalid_request', 'ignoredUntil: goes with "state": "ignored" only.', {
      details: { field: 'ignoredUntil' },
    });
  if (resolvedAt !== undefined && (state !== 'resolved' || resolvedAt > now))
    throw new AppError('invalid_request', 'resolvedAt: goes with "state": "resolved" only, and is not in the future.', {
      details: { field: 'resolvedAt' },
    });
  return {
    ...(state !== undefined && { decision: decisionOf(state, ignoredUntil ?? null, resolvedAt ?? now) }),
    ...(owner !== undefined && { owner }),
    ...(note !== undefined && { note }),
    ...(mergeInto !== undefined && { mergeInto }),
    ...(splitBy !== undefined && { splitBy }),
  };
}

function decisionOf(state: NonNullable<Change['state']>, until: number | null, resolvedAt: number): GroupDecision {
  switch (state) {
    case 'open':
      return { kind: 'open' };
    case 'resolved':
      return { kind: 'resolved', at: resolvedAt };
    case 'ignored':
      return { kind: 'ignored', until };
  }
}

const stateActions = { open: 'group.reopen', resolved: 'group.resolve', ignored: 'group.ignore' } as const;

/** The name of what stands first; a change has one thing in it, unless a script thinks otherwise. */
function actionOf({ state, owner, mergeInto, splitBy }: Change): string {
  if (state !== undefined) return stateActions[state];
  if (mergeInto !== undefined) return mergeInto === null ? 'group.unmerge' : 'group.merge';
  if (splitBy !== undefined) return splitBy === null ? 'group.join' : 'group.split';
  return owner === undefined ? 'group.note' : 'group.assign';
}
