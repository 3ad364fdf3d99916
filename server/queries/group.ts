import type { GroupDetail } from '#lib/api/groups.ts';
import type { FingerprintParts } from '#lib/fingerprint/fingerprint.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { toGroupRow } from '#server/queries/groups.ts';
import type { GroupDetails } from '#server/store/group-store.ts';

/** Everything about one group: the incident's page. `not_found` for a fingerprint that was never met. */
export async function readGroup(runtime: Runtime, fingerprint: string): Promise<GroupDetail> {
  const { store, clock } = runtime;
  const group = await store.index.getGroup(fingerprint, [], clock.now());
  const { version, explanation, parts } = group.description;
  return {
    ...toGroupRow(group, undefined),
    version,
    explanation,
    parts: toParts(parts),
    noteList: [],
    members: group.mergedMembers,
    mergedInto: null,
    splitFrom: null,
    byState: group.byState,
    keys: group.keys,
    newestMessageId: group.newestMessageId,
    oldestMessageId: group.oldestMessageId,
    replays: await replaysOf(runtime, group),
    activity: [],
  };
}

function toParts(parts: FingerprintParts): GroupDetail['parts'] {
  const nothing = { errorClass: null, frames: [], message: null, reason: null, source: null, payloadShape: null };
  switch (parts.kind) {
    case 'error':
      return { ...nothing, errorClass: parts.errorClass, frames: parts.frames, message: parts.message };
    case 'no-error-text':
      return { ...nothing, reason: parts.reason, source: parts.source, payloadShape: parts.payloadShape };
  }
}

const replaysMax = 20;

/** Those that sent messages of it, and those that messages of it came back from; of its newest touched messages. */
async function replaysOf({ store }: Runtime, group: GroupDetails): Promise<GroupDetail['replays']> {
  const items = await store.ledger.listItemsOfMessages(group.touchedMessageIds);
  const ids = new Set([...items.map((item) => item.replayId), ...group.returnedFrom]);
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
    }));
}
