import { createHash } from 'node:crypto';
import { AppError } from '#lib/domain/errors.ts';
import type { Destination } from '#lib/domain/message.ts';
import { splitQueueId, type Queue } from '#lib/domain/queue.ts';
import type { ReplayOptions, ReplayPlan } from '#lib/domain/replay.ts';
import { notTheSame } from '#lib/replay/restored.ts';
import { busyStates, type DiscardPlanDependencies } from '#server/replay/discard-plan.ts';
import { isMovedByBroker, movedBackText } from '#server/replay/moved-by-broker.ts';
import { createPlanNotes, type PlanNotes, stateByRefusal } from '#server/replay/plan-notes.ts';
import { selectedPages } from '#server/replay/selected-pages.ts';
import type { ArchivedMessage } from '#server/store/archive-ledger.ts';
import type { RestoreSelection } from '#server/store/engine-request.ts';
import type { NewItem, Store } from '#server/store/store.ts';

export interface RestorePlanRequest {
  readonly id: string;
  readonly selection: RestoreSelection;
  readonly options: ReplayOptions;
  readonly by: string;
}

const pageSize = 1_000;

/** Says what restoring discarded messages would do; moves nothing. Reads the archive and not the index, which may have been rebuilt since; only a filter is asked of the index. Answers the plan's id. */
export async function makeRestorePlan(
  dependencies: DiscardPlanDependencies,
  { id, selection, options, by }: RestorePlanRequest,
  signal: AbortSignal,
): Promise<string> {
  const { store, clock, newId, driverOf } = dependencies;
  const asOf = clock.now();
  const notes = createPlanNotes();
  const queues = new Map<string, Queue | null>();
  const moving = new Set<string>();
  const counts = new Map<string, { readonly queue: Queue; count: number }>();
  const hash = createHash('sha256').update(JSON.stringify(options));
  let [total, willSend, ordinal] = [0, 0, 0];

  await store.ledger.beginPlan({ id, createdAt: asOf, createdBy: by, options });
  for await (const { page, missing } of archivedPages(store, selection)) {
    signal.throwIfAborted();
    for (const messageId of missing)
      notes.refuse(
        'not-archived',
        'are not in the archive: they were not discarded, or the time for which they are kept is over',
        messageId,
      );
    for (const { queueId } of page) {
      if (queues.has(queueId)) continue;
      const queue = await knownQueue(store, queueId);
      queues.set(queueId, queue);
      if (queue && (await isMovedByBroker(driverOf, queue, signal))) moving.add(queueId);
    }
    refuseArchived(page, queues, notes);
    await noteEarlier(store, page, notes);
    const items = page.map((archived): NewItem =>
      toItem(archived, queues.get(archived.queueId), newId(), ordinal++, notes),
    );
    for (const item of items) {
      hash.update(JSON.stringify([item.messageId, item.position, item.state]));
      const queue = queues.get(item.queueId);
      if (item.state !== 'planned' || !queue) continue;
      willSend += 1;
      if (item.destination !== null) {
        const found = counts.get(queue.id) ?? { queue, count: 0 };
        found.count += 1;
        counts.set(queue.id, found);
      }
      if (queue.kind !== 'kafka' && item.destination !== null)
        notes.warn('not-the-same', notTheSame[queue.kind], item.messageId);
      if (moving.has(queue.id)) notes.warn('moved-by-broker', movedBackText(queue.id), item.messageId);
    }
    await store.ledger.addPlanItems(id, items);
    total += page.length + missing.length;
    notes.closePage();
  }
  if (total === 0 || ordinal === 0)
    throw new AppError(
      'not_found',
      'None of these messages is in the archive: they were not discarded, or the time for which they are kept is over. Nothing was planned.',
    );

  const warnings = notes.warnings();
  const plan: ReplayPlan = {
    hash: hash.digest('hex').slice(0, 16),
    asOf,
    total,
    willSend,
    destinations: await destinationsOf(dependencies, [...counts.values()], signal),
    toFurtherDestinations: 0,
    refusals: notes.refusals(),
    warnings,
    headerChanges: [],
    removes: 'none',
    dangerous: warnings.some((note) => note.code === 'outcome-unknown'),
  };
  const among =
    'matching' in selection && selection.matching.kind === 'filter' ? ` matching ${selection.matching.text}` : '';
  const sentence = `Restore ${total === 1 ? 'one discarded message' : `${total.toLocaleString('en-US')} discarded messages`}${among}`;
  return (await store.ledger.finishPlan(id, { plan, sentence, queueIds: [...queues.keys()] })).id;
}

async function* archivedPages(
  store: Store,
  selection: RestoreSelection,
): AsyncGenerator<{ readonly page: readonly ArchivedMessage[]; readonly missing: readonly string[] }> {
  if ('messageIds' in selection) {
    const wanted = [...new Set(selection.messageIds)];
    for (let start = 0; start < wanted.length; start += pageSize)
      yield archivedPage(store, wanted.slice(start, start + pageSize));
    return;
  }
  if ('matching' in selection) {
    for await (const { letters } of selectedPages(store, selection.matching)) {
      const discarded = letters.filter(({ state }) => state === 'discarded').map(({ id }) => id);
      if (discarded.length > 0) yield archivedPage(store, discarded);
    }
    return;
  }
  for (let after: number | null = null; ;) {
    const { discardId } = selection;
    const page: readonly ArchivedMessage[] = await store.ledger.listArchived({ discardId, after, limit: pageSize });
    if (page.length === 0) return;
    yield { page, missing: [] };
    after = page.at(-1)?.ordinal ?? null;
  }
}

async function archivedPage(store: Store, messageIds: readonly string[]) {
  const found = new Map<string, ArchivedMessage>();
  // Newest first: it may have been discarded again since it was restored.
  for (const archived of await store.ledger.listArchived({ messageIds }))
    if (!found.has(archived.messageId)) found.set(archived.messageId, archived);
  return { page: [...found.values()], missing: messageIds.filter((messageId) => !found.has(messageId)) };
}

async function knownQueue(store: Store, queueId: string): Promise<Queue | null> {
  try {
    return await store.index.getQueue(queueId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}

function refuseArchived(
  page: readonly ArchivedMessage[],
  queues: ReadonlyMap<string, Queue | null>,
  notes: PlanNotes,
): void {
  for (const { messageId, queueId, restoredAt, state } of page) {
    if (!queues.get(queueId))
      notes.refuse('destination-missing', `came from ${queueId}, which is not known any more`, messageId);
    if (restoredAt !== null) notes.refuse('restored-before', 'are restored already', messageId);
    if (state === 'sent')
      notes.refuse(
        'in-another-replay',
        'are archived and not yet removed from their queue: wait until they are',
        messageId,
      );
  }
}

async function noteEarlier(store: Store, page: readonly ArchivedMessage[], notes: PlanNotes): Promise<void> {
  const discards = new Set(page.map(({ itemId }) => itemId));
  for (const item of await store.ledger.listItemsOfMessages(page.map(({ messageId }) => messageId))) {
    // Of this discard: on a log the same message may be discarded and restored again.
    const isBack = item.action === 'restore' && discards.has(item.position);
    const inHand = busyStates.has(item.replayState) && (item.state === 'planned' || item.state === 'intended');
    if (inHand) notes.refuse('in-another-replay', `are in number ${item.replayNumber} already`, item.messageId);
    else if (isBack && (item.state === 'sent' || item.returned !== null))
      notes.refuse('restored-before', 'are restored already', item.messageId);
    else if (item.action === 'restore' && item.state === 'unknown')
      notes.warn(
        'outcome-unknown',
        'may be back already, by a restore whose outcome is unknown: they could be there twice',
        item.messageId,
      );
  }
}

function toItem(
  archived: ArchivedMessage,
  queue: Queue | null | undefined,
  id: string,
  ordinal: number,
  notes: PlanNotes,
): NewItem {
  const { messageId, queueId, identity, lane } = archived;
  return {
    id,
    ordinal,
    messageId,
    queueId,
    identity,
    // The archive's place for it, where a replay has the broker's.
    position: archived.itemId,
    lane,
    destination: archived.sizeBytes === null || !queue ? null : ownQueue(queue),
    ...stateByRefusal(notes.refusalOf(messageId)?.text),
  };
}

/** `null` for a log, where nothing is sent. */
function ownQueue({ kind, id }: Queue): Destination | null {
  const name = splitQueueId(id)?.name ?? '';
  switch (kind) {
    case 'kafka':
      return null;
    case 'rabbitmq':
      return { kind, exchange: '', routingKey: name };
    case 'sqs':
      return { kind, queue: name };
  }
}

async function destinationsOf(
  { driverOf }: DiscardPlanDependencies,
  counts: readonly { readonly queue: Queue; readonly count: number }[],
  signal: AbortSignal,
): Promise<ReplayPlan['destinations']> {
  return Promise.all(
    counts.flatMap(({ queue, count }) => {
      const destination = ownQueue(queue);
      if (destination === null) return [];
      const { connection, kind } = queue;
      const asked = driverOf(connection).describeDestination(destination, signal);
      return [
        asked.then(({ exists, receivers }) => ({ destination, connection, kind, count, exists, receivers, notes: [] })),
      ];
    }),
  );
}
