import type { Selectable } from 'kysely';
import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { ItemDecision, ItemReturn, ReturnSign } from '#lib/domain/item-return.ts';
import type { Destination } from '#lib/domain/message.ts';
import {
  type ItemState,
  type Replay,
  type ReplayAccount,
  type ReplayItem,
  type ReplayOptions,
  type ReplayPlan,
  type ReplayState,
  usualOptions,
} from '#lib/domain/replay.ts';
import type { ItemTable, ReplayTable } from '#server/store/sqlite/schema.ts';

/** `JSON.parse` and `as` in this file: the columns hold what this ledger wrote, and the layout of the file was checked when it was opened. */
export function toReplay(row: Selectable<ReplayTable>, counts: ReadonlyMap<string, number>): Replay {
  // A replay that was made before an option existed has it as usual.
  const options: ReplayOptions = { ...usualOptions, ...(JSON.parse(row.options) as Partial<ReplayOptions>) };
  const account = toAccount(row, counts, options);
  return {
    id: row.id,
    number: row.number,
    state: row.state as ReplayState,
    createdAt: row.created_at,
    createdBy: row.created_by,
    reason: null,
    confirmedAt: row.confirmed_at,
    startedAt: row.started_at,
    finishedSendingAt: row.finished_sending_at,
    watchUntil: row.watch_until,
    settledAt: row.settled_at,
    sentence: row.sentence,
    queueIds: JSON.parse(row.queue_ids) as string[],
    options,
    plan: JSON.parse(row.plan) as ReplayPlan,
    account,
    goAccount: row.go_account === null ? account : (JSON.parse(row.go_account) as ReplayAccount),
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorRecord),
  };
}

function toAccount(
  row: Selectable<ReplayTable>,
  counts: ReadonlyMap<string, number>,
  { action }: Pick<ReplayOptions, 'action'>,
): ReplayAccount {
  const of = (state: ItemState) => counts.get(state) ?? 0;
  return {
    total: [...counts.values()].reduce((sum, n) => sum + n, 0),
    planned: of('planned'),
    intended: of('intended'),
    sent: of('sent'),
    settled: of('settled'),
    skipped: of('skipped'),
    failed: of('failed'),
    unknown: of('unknown'),
    // In ledgers of before, a restored message that was met counted as one that came back.
    returned: action === 'restore' ? 0 : row.returned,
    returnedDifferent: row.returned_different,
  };
}

export type ItemRow = Selectable<ItemTable> & { readonly replay_id: string };

export function toItem(row: ItemRow): ReplayItem {
  return {
    id: row.item_id,
    replayId: row.replay_id,
    ordinal: row.ordinal,
    messageId: row.message_id,
    queueId: row.queue_id,
    identity: row.identity,
    position: row.position,
    lane: row.lane,
    destination: row.destination === null ? null : destinationOf(row.destination),
    state: row.state as ItemState,
    reason: row.reason === null ? null : (JSON.parse(row.reason) as ErrorRecord),
    sentPosition: row.sent_position,
    watermark: row.watermark,
    intendedAt: row.intended_at,
    sentAt: row.sent_at,
    settledAt: row.settled_at,
    returned: toReturn(row),
    fingerprint: row.fingerprint,
    decision: row.decision === null ? null : (JSON.parse(row.decision) as ItemDecision),
  };
}

/** What a planned item has. */
export type WaitingRow = Pick<
  ItemRow,
  'item_id' | 'ordinal' | 'message_id' | 'identity' | 'position' | 'lane' | 'destination' | 'reason' | 'fingerprint'
>;

export function toWaitingItem(row: WaitingRow, replayId: string, queueId: string): ReplayItem {
  return {
    id: row.item_id,
    replayId,
    ordinal: row.ordinal,
    messageId: row.message_id,
    queueId,
    identity: row.identity,
    position: row.position,
    lane: row.lane,
    destination: row.destination === null ? null : destinationOf(row.destination),
    state: 'planned',
    reason: row.reason === null ? null : (JSON.parse(row.reason) as ErrorRecord),
    sentPosition: null,
    watermark: null,
    intendedAt: null,
    sentAt: null,
    settledAt: null,
    returned: null,
    fingerprint: row.fingerprint,
    decision: null,
  };
}

/** Thousands of items in a row go to one place, which is read and kept in memory once. */
let last: { readonly text: string; readonly destination: Destination } | null = null;

function destinationOf(text: string): Destination {
  if (last?.text !== text) last = { text, destination: JSON.parse(text) as Destination };
  return last.destination;
}

/** Of before there were other signs than headers, and before returns were counted over replays. */
const olderReturn = { by: 'headers', count: 1 } as const;

function toReturn(row: ItemRow): ItemReturn | null {
  if (row.returned_message_id === null || row.returned_at === null) return null;
  return {
    messageId: row.returned_message_id,
    at: row.returned_at,
    sameError: row.returned_same_error === null ? null : row.returned_same_error === 1,
    by: (row.returned_by ?? olderReturn.by) as ReturnSign,
    count: row.return_count ?? olderReturn.count,
  };
}
