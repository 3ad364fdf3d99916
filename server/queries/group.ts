import type { GroupDetail } from '#lib/api/groups.ts';
import type { ReplayItem } from '#lib/domain/replay.ts';
import type { FingerprintParts } from '#lib/fingerprint/fingerprint.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { toGroupRow } from '#server/queries/groups.ts';
import { maskAnswer, maskKeys, maskParts } from '#server/queries/mask-answer.ts';
import { readTriage } from '#server/queries/read-triage.ts';
import type { GroupDetails } from '#server/store/group-store.ts';

/** Everything about one group: the incident's page. `not_found` for a fingerprint that was never met. */
export async function readGroup(runtime: Runtime, fingerprint: string): Promise<GroupDetail> {
  const { store, clock } = runtime;
  const [triage, splits] = await Promise.all([readTriage(store), store.ledger.listSplits()]);
  const group = await store.index.getGroup(fingerprint, triage, clock.now());
  const own = triage.find((record) => record.fingerprint === fingerprint);
  const parts = (await store.index.listSplitOff([fingerprint])).map((part) => part.fingerprint);
  // Those of parts, too: what was written about one is not lost when it is joined again.
  const members = [...new Set([fingerprint, ...group.mergedMembers.map((member) => member.fingerprint), ...parts])];
  const [notes, heads, audit, replays] = await Promise.all([
    store.ledger.listNotes(members),
    own?.mergedInto ? store.index.listGroupParts([own.mergedInto]) : [],
    store.ledger.listAudit({ limit: activityMax, before: null, target: fingerprint }),
    replaysOf(runtime, group),
  ]);
  const { version, explanation, parts: told } = group.description;
  const answer = {
    ...toGroupRow(group, triage),
    version,
    explanation,
    parts: maskParts(toParts(told), runtime.masking),
    notes: notes.length,
    noteList: notes.map(({ id, at, by, text }) => ({ id, at, by, text })),
    members: group.mergedMembers,
    mergedInto: heads[0] ?? null,
    splitFrom: group.splitFrom,
    splitBy: splits.find((split) => split.fingerprint === fingerprint)?.by ?? null,
    splitInto: group.splitInto,
    byState: group.byState,
    keys: maskKeys(group.keys, runtime.masking),
    keyCount: group.keyCount,
    newestMessageId: group.newestMessageId,
    oldestMessageId: group.oldestMessageId,
    replays,
    replaysAmong: touchedOf(group.byState) > group.touchedMessageIds.length ? group.touchedMessageIds.length : null,
    activity: audit.map(({ at, actor, action, result }) => ({ at, actor, action, result })),
  };
  return maskAnswer(answer, runtime.masking);
}

function toParts(parts: FingerprintParts): GroupDetail['parts'] {
  const nothing = {
    errorClass: null,
    frames: [],
    message: null,
    reason: null,
    source: null,
    payloadShape: null,
    attributes: [],
  };
  switch (parts.kind) {
    case 'error':
      return { ...nothing, errorClass: parts.errorClass, frames: parts.frames, message: parts.message };
    case 'no-error-text':
      return {
        ...nothing,
        reason: parts.reason,
        source: parts.source,
        payloadShape: parts.payloadShape,
        attributes: parts.attributes ?? [],
      };
  }
}

type Counts = NonNullable<GroupDetail['replays'][number]['ofGroup']>;

function countsOf(items: readonly ReplayItem[] | undefined): Counts | null {
  if (items === undefined) return null;
  const count = (is: (item: ReplayItem) => boolean) => items.filter(is).length;
  return {
    sent: count(({ state }) => state === 'sent' || state === 'settled'),
    returned: count(({ returned }) => returned !== null),
    returnedDifferent: count(({ returned }) => returned?.sameError === false),
    unknown: count(({ state }) => state === 'unknown'),
    failed: count(({ state }) => state === 'failed'),
  };
}

function touchedOf({ replayed = 0, returned = 0, failed = 0, unknown = 0 }: GroupDetails['byState']): number {
  return replayed + returned + failed + unknown;
}

const activityMax = 50;
const replaysMax = 20;

/** Those that sent messages of it, and those that messages of it came back from; of its newest touched messages. */
async function replaysOf({ store }: Runtime, group: GroupDetails): Promise<GroupDetail['replays']> {
  const items = await store.ledger.listItemsOfMessages(group.touchedMessageIds);
  const byReplay = Map.groupBy(items, (item) => item.replayId);
  const ids = new Set([...byReplay.keys(), ...group.returnedFrom]);
  const known = await Promise.all(
    [...ids].slice(0, 5 * replaysMax).map((id) =>
      // A header that names a replay may have been written by anyone.
      store.ledger.getReplay(id).catch(() => null),
    ),
  );
  return known
    .flatMap((replay) => (replay && replay.confirmedAt !== null ? [replay] : []))
    .toSorted((a, b) => b.number - a.number)
    .slice(0, replaysMax)
    .map((replay) => ({
      id: replay.id,
      number: replay.number,
      state: replay.state,
      at: replay.confirmedAt ?? replay.createdAt,
      by: replay.createdBy,
      sent: replay.account.sent + replay.account.settled,
      returned: replay.account.returned,
      returnedDifferent: replay.account.returnedDifferent,
      unknown: replay.account.unknown,
      failed: replay.account.failed,
      ofGroup: countsOf(byReplay.get(replay.id)),
    }));
}
