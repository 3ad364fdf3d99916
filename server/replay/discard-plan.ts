import { createHash } from 'node:crypto';
import { AppError } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Queue } from '#lib/domain/queue.ts';
import type { ReplayPlan, ReplayState } from '#lib/domain/replay.ts';
import { usualArchiveMs } from '#lib/replay/archive-time.ts';
import { replaySentence } from '#lib/replay/sentence.ts';
import type { PlanDependencies, PlanRequest } from '#server/replay/plan.ts';
import { createPlanNotes, type PlanNotes, stateByRefusal } from '#server/replay/plan-notes.ts';
import { noteDoubtful } from '#server/replay/plan-content.ts';
import { createPlanQueues } from '#server/replay/plan-queues.ts';
import { selectedPages } from '#server/replay/selected-pages.ts';
import type { NewItem, Store } from '#server/store/store.ts';

export interface DiscardPlanDependencies extends Omit<PlanDependencies, 'editor'> {
  /** How long what is discarded is kept; as usual where absent. */
  readonly archiveMs?: number | undefined;
}

/** These have a claim on their messages. */
export const busyStates: ReadonlySet<ReplayState> = new Set(['queued', 'sending', 'paused']);

/** Says what discarding the selected messages would do, page by page as `makePlan` does; moves nothing. Answers the plan's id. */
export async function makeDiscardPlan(
  dependencies: DiscardPlanDependencies,
  request: PlanRequest,
  signal: AbortSignal,
): Promise<string> {
  const { store, clock, newId, archiveMs = usualArchiveMs } = dependencies;
  const { id, selection, options, by } = request;
  const asOf = clock.now();
  const notes = createPlanNotes();
  const queues = createPlanQueues(dependencies, options);
  const hash = createHash('sha256').update(JSON.stringify(options));
  let [total, willSend, removing, ordinal] = [0, 0, 0, 0];

  await store.ledger.beginPlan({ id, createdAt: asOf, createdBy: by, options });
  for await (const { letters, missing } of selectedPages(store, selection)) {
    signal.throwIfAborted();
    for (const messageId of missing) notes.refuse('not-in-index', 'are no longer in the index', messageId);
    await queues.meet(letters, signal);
    await noteEarlier(store, letters, notes);
    await noteDoubtful(store, selection, letters, notes);
    for (const letter of letters) {
      const queue = queues.of(letter);
      refuseByState(letter, queue, notes);
      // Of a log nothing is read: that it cannot be reached now does not matter.
      if (queue?.capabilities.remove === true) queues.refuse(letter, notes);
    }
    const items = letters.map((letter): NewItem => toItem(letter, newId(), ordinal++, notes));
    for (const [index, letter] of letters.entries()) {
      const item = items[index];
      hash.update(JSON.stringify([item?.messageId, item?.state]));
      if (item?.state !== 'planned') continue;
      willSend += 1;
      if (queues.of(letter)?.capabilities.remove === true) {
        removing += 1;
        queues.noteTaking(letter, notes);
      } else notes.warn('stays-in-log', staysInLog, letter.id);
    }
    await store.ledger.addPlanItems(id, items);
    total += letters.length + missing.length;
    notes.closePage();
  }
  if (ordinal === 0)
    throw new AppError(
      'not_found',
      selection.kind === 'filter'
        ? 'No message matches this filter. Nothing was planned.'
        : 'None of these messages is in the index any more. Nothing was planned; reload the list.',
    );

  const plan: ReplayPlan = {
    hash: hash.digest('hex').slice(0, 16),
    asOf,
    total,
    willSend,
    destinations: [],
    toFurtherDestinations: 0,
    refusals: notes.refusals(),
    warnings: notes.warnings(),
    headerChanges: [],
    removes: removing === 0 ? 'none' : removing === willSend ? 'all' : 'some',
    ...(removing > 0 && { keptUntil: asOf + archiveMs }),
    dangerous: true,
  };
  const sentence = replaySentence(selection, total, 'Discard');
  return (await store.ledger.finishPlan(id, { plan, sentence, queueIds: queues.ids() })).id;
}

const staysInLog =
  'stay in their topic until its retention removes them: nothing can be removed from a log. They are marked as discarded here, and can be marked as open again at any time';

function toItem(letter: DeadLetter, id: string, ordinal: number, notes: PlanNotes): NewItem {
  const { id: messageId, queueId, identity, position, lane } = letter;
  return {
    id,
    ordinal,
    messageId,
    queueId,
    identity,
    position,
    lane,
    destination: null,
    ...stateByRefusal(notes.refusalOf(messageId)?.text),
  };
}

async function noteEarlier(store: Store, letters: readonly DeadLetter[], notes: PlanNotes): Promise<void> {
  for (const item of await store.ledger.listItemsOfMessages(letters.map((letter) => letter.id))) {
    const inHand = busyStates.has(item.replayState) && (item.state === 'planned' || item.state === 'intended');
    if (inHand) notes.refuse('in-another-replay', `are in replay ${item.replayNumber} already`, item.messageId);
  }
}

function refuseByState(letter: DeadLetter, queue: Queue | undefined, notes: PlanNotes): void {
  const isRemoved = queue?.capabilities.remove === true;
  if (letter.state === 'gone')
    notes.refuse('state-gone', 'are no longer in the queue: they expired, or someone else took them', letter.id);
  if (letter.state === 'discarded') notes.refuse('state-gone', 'are discarded already', letter.id);
  if (letter.state === 'replayed' && isRemoved)
    notes.refuse('state-gone', 'were sent and removed by an earlier replay', letter.id);
  if (letter.state === 'unknown')
    notes.warn('outcome-unknown', 'may have been sent by an earlier replay whose outcome is unknown', letter.id);
}
