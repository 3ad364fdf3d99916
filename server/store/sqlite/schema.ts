import type { ColumnType, Generated } from 'kysely';

/** Tables of `index.db`; what each column means stands in `migrations/index-001.ts`. */
export interface IndexSchema {
  connections: { name: string; record: string };
  queues: QueueTable;
  groups: GroupTable;
  phrases: { id: Generated<number>; hash: number; text: string };
  messages: MessageTable;
  young_uids: { hash: number; id: number };
  uids: { hash: number; id: number };
  contents: { id: number; content: Uint8Array };
  unsearched: { id: number; waits: number };
  late_documents: { id: number; documents: Uint8Array };
  sightings: { id: number; scan: number };
  state_counts: { queue: number; state: number; n: number };
  group_counts: { queue: number; grp: number; state: number; n: number };
}

export interface GroupTable {
  id: Generated<number>;
  fingerprint: string;
  version: number;
  title: string;
  explanation: string;
  parts: string;
  error_class: string | null;
  reason: string | null;
  example: string | null;
  split_from: string | null;
  split_by: 'queue' | 'type' | null;
  split_value: string | null;
}

export interface QueueTable {
  id: Generated<number>;
  queue_id: string;
  connection: string;
  name: string;
  kind: string;
  found_by: string;
  origins: string;
  capabilities: string;
  depth: string | null;
  held_by_others: number | null;
  retention: string;
  reader: string;
  known_back_to: number | null;
  synced_at: number | null;
  cursor: string | null;
  change_mark: string | null;
}

export interface MessageTable {
  id: number;
  uid: string;
  queue: number;
  grp: number;
  at: number;
  state: number;
  state_before_gone: number | null;
  state_at: number;
  scan: number;
  sequence_rank: string | null;
  lane: string;
  key_digest: string | null;
  key_text: string | null;
  correlation_id: string | null;
  event_id: string | null;
  event_type: string | null;
  last_replay_id: string | null;
  return_of: string | null;
  error_class: string | null;
  error_message: string | null;
  reason: string | null;
  preview: string;
  alike: number;
  stack_head: string | null;
  stack_frames: number | null;
  rest: string;
  returns: number;
}

/** Tables of `ledger.db`; see `migrations/ledger-001.ts`. */
export interface LedgerSchema {
  requests: {
    number: Generated<number>;
    id: string;
    kind: string;
    queue_id: string | null;
    request: string;
    submitted_by: string;
    submitted_at: number;
    state: 'waiting' | 'claimed' | 'answered';
    worker: string | null;
    leased_until: number | null;
    answer: string | null;
    answered_at: number | null;
    taken: Generated<number>;
  };
  replays: ReplayTable;
  replay_queues: { queue_id: string; replay: number };
  accounts: { replay: number; state: string; n: number };
  paces: { replay: number; second: number; n: number };
  items: ItemTable;
  archive: {
    item: number;
    archived_at: number;
    restored_at: number | null;
    size_bytes: number | null;
    content: Uint8Array | null;
  };
  audit: {
    id: Generated<number>;
    at: number;
    actor: string;
    action: string;
    target: string;
    reason: string | null;
    from_address: string;
    result: string;
  };
  group_triage: {
    fingerprint: string;
    decision: string;
    owner: string | null;
    merged_into: string | null;
    changed_at: number;
    changed_by: string;
  };
  group_notes: { number: Generated<number>; id: string; fingerprint: string; at: number; by: string; text: string };
  group_splits: { fingerprint: string; split_by: 'queue' | 'type' };
  redirects: {
    number: Generated<number>;
    id: string;
    name: string;
    connection: string;
    matches: 'origin' | 'queue';
    pattern: string;
    destination: string;
    created_at: number;
    created_by: string;
  };
  alerts: { number: Generated<number>; id: string; resolved_at: number | null; record: string };
  notifications: {
    number: Generated<number>;
    id: string;
    receiver: string;
    record: string;
    attempts: Generated<number>;
    next_at: number | null;
    ended_at: number | null;
    outcome: 'delivered' | 'given-up' | null;
    said: string | null;
  };
  receiver_reports: { receiver: string; record: string };
  alert_mutes: { id: string; until: number | null; record: string };
  saved_views: {
    id: string;
    name: string;
    owner: string;
    created_at: number;
    changed_at: number;
    queue_id: string | null;
    page: string;
    filter: string;
    range: string | null;
  };
}

export interface ReplayTable {
  number: Generated<number>;
  id: string;
  state: string;
  created_at: number;
  created_by: string;
  confirmed_at: number | null;
  confirmed_by: string | null;
  started_at: number | null;
  finished_sending_at: number | null;
  watch_until: number | null;
  settled_at: number | null;
  sentence: string;
  queue_ids: string;
  options: string;
  plan: string;
  plan_hash: string;
  error: string | null;
  returned: number;
  returned_different: number;
  go_account: string | null;
  worker: string | null;
  leased_until: number | null;
}

export interface ItemTable {
  id: Generated<number>;
  item_id: string;
  replay: ColumnType<number, number, never>;
  ordinal: number;
  message_id: string;
  queue_id: string;
  identity: string;
  position: string;
  lane: string;
  destination: string | null;
  state: string;
  reason: string | null;
  sent_position: string | null;
  watermark: string | null;
  intended_at: number | null;
  sent_at: number | null;
  settled_at: number | null;
  returned_message_id: string | null;
  returned_at: number | null;
  returned_same_error: number | null;
  event_sign: number | null;
  content_sign: number | null;
  fingerprint: string | null;
  returned_by: string | null;
  return_count: number | null;
  decision: string | null;
}
