import type { OverviewResponse, QueueRow } from '#lib/api/queues.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { isUnread } from '#lib/domain/unread.ts';
import { queueExpiry } from '#lib/expiry/expiry.ts';
import type { Masking } from '#lib/masking/masking.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { countClosedLetters } from '#server/queries/closed-letters.ts';
import { readTriage } from '#server/queries/read-triage.ts';
import { maskErrorTexts } from '#server/queries/to-view.ts';
import type { QueueSummary } from '#server/store/store.ts';

/** Every connection and every dead-letter queue with what is known of it: the overview, and the sidebar of every page. */
export async function readOverview({ store, clock, masking }: Runtime): Promise<OverviewResponse> {
  const asOf = clock.now();
  const triage = await readTriage(store);
  const [connections, queues, summaries, lastReplays, closed] = await Promise.all([
    store.index.listConnections(),
    store.index.listQueues(),
    store.index.summariseQueues(asOf, triage),
    store.ledger.lastReplays(),
    countClosedLetters(store, triage, asOf),
  ]);
  const summaryOf = new Map(summaries.map((summary) => [summary.queueId, summary]));
  const replayOf = new Map(lastReplays.map(({ queueId, replay }) => [queueId, replay]));
  return {
    asOf,
    connections,
    queues: queues.map((queue) => {
      const row = rowOf(summaryOf.get(queue.id), masking);
      return {
        ...queue,
        ...row,
        stillOpen: {
          // The two were counted a moment apart.
          count: Math.max(0, row.open - (closed.byQueue.get(queue.id) ?? 0)),
          exact: closed.exact,
        },
        ...(isUnread({ ...queue, ...row }) && notCounted),
        expiresNext: queueExpiry(queue, summaryOf.get(queue.id)),
        lastReplay: lastReplayOf(replayOf.get(queue.id)),
      };
    }),
  };
}

/** Of a queue that nobody has looked into. */
const notCounted = { open: null, stillOpen: null, newInDay: null, hourly: null } as const;

function rowOf(
  summary: QueueSummary | undefined,
  masking: Masking | undefined,
): Omit<QueueSummary, 'queueId' | 'keptFrom' | 'endsAt'> {
  if (summary) {
    const { queueId: _, keptFrom: _from, endsAt: _ends, ...row } = summary;
    if (!masking) return row;
    const { topGroup, topError } = row;
    return {
      ...row,
      topGroup: topGroup && { ...topGroup, title: masking.text(topGroup.title) },
      topError: topError && maskErrorTexts(topError, masking),
    };
  }
  return {
    open: 0,
    indexed: 0,
    byState: {},
    newInDay: 0,
    hourly: Array.from({ length: 24 }, () => 0),
    oldestAt: null,
    newestAt: null,
    topGroup: null,
    topError: null,
  };
}

function lastReplayOf(replay: Replay | undefined): QueueRow['lastReplay'] {
  if (!replay) return null;
  const { id, number, state, account } = replay;
  return {
    id,
    number,
    state,
    total: account.total,
    sent: account.sent + account.settled,
    returned: account.returned,
    unknown: account.unknown,
    failed: account.failed,
    at: replay.confirmedAt ?? replay.createdAt,
  };
}
