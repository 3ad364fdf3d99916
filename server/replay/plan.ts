import { createHash } from 'node:crypto';
import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import type { Queue } from '#lib/domain/queue.ts';
import type { ReplayOptions, ReplayPlan, ReplayState, Selection } from '#lib/domain/replay.ts';
import { hasRoomForReplayHeaders, headerChanges } from '#lib/replay/outgoing.ts';
import { replaySentence } from '#lib/replay/sentence.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { noteContent, noteDoubtful } from '#server/replay/plan-content.ts';
import { createPlanDestinations, refuseByDestination } from '#server/replay/plan-destinations.ts';
import { createPlanNotes, type PlanNotes } from '#server/replay/plan-notes.ts';
import { refuseRemovedOriginals } from '#server/replay/plan-originals.ts';
import { createPlanQueues } from '#server/replay/plan-queues.ts';
import { selectedPages } from '#server/replay/selected-pages.ts';
import type { NewItem, Store } from '#server/store/store.ts';

export interface PlanDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Whose headers are failure headers; the built-in ones where absent. */
  readonly conventions?: ConventionChain | undefined;
  driverOf(connection: string): BrokerDriver;
  newId(): string;
}

export interface PlanRequest {
  readonly id: string;
  readonly selection: Selection;
  readonly options: ReplayOptions;
  readonly by: string;
}

/** Replays in these states have a claim on their messages. */
const busyStates: ReadonlySet<ReplayState> = new Set(['queued', 'sending', 'paused']);

/**
 * Says what would happen to the selected messages; moves nothing, and writes the plan as a replay that waits for its operator. Works page by page:
 * a million messages need no more memory than a thousand.
 */
export async function makePlan(
  dependencies: PlanDependencies,
  request: PlanRequest,
  signal: AbortSignal,
): Promise<string> {
  const { store, clock, newId } = dependencies;
  const { id, selection, options, by } = request;
  const asOf = clock.now();
  const notes = createPlanNotes();
  const destinations = createPlanDestinations(dependencies.driverOf);
  const queues = createPlanQueues(dependencies, options);
  const examples = new Map<BrokerKind, string>();
  const hash = createHash('sha256').update(JSON.stringify(options));
  let total = 0;
  let willSend = 0;
  let removing = 0;
  let ordinal = 0;

  await store.ledger.beginPlan({ id, createdAt: asOf, createdBy: by, options });
  for await (const { letters, missing } of selectedPages(store, selection)) {
    signal.throwIfAborted();
    for (const messageId of missing) notes.refuse('not-in-index', 'are no longer in the index', messageId);
    await queues.meet(letters, signal);
    await destinations.meet(letters, signal);
    await noteHistory(store, letters, notes);
    await noteDoubtful(store, selection, letters, notes);
    for (const letter of letters) {
      refuseByState(letter, queues.of(letter), notes);
      noteContent(letter, notes);
      queues.refuse(letter, notes);
      refuseByDestination(letter, destinations.factsOf(letter), notes);
    }
    await refuseRemovedOriginals(store, letters, notes);
    await noteHeaderRoom(dependencies, letters, options, notes);

    const items: NewItem[] = [];
    for (const letter of letters) {
      const refusal = notes.refusalOf(letter.id);
      const item = toItem(letter, { id: newId(), ordinal: ordinal++, refusal: refusal?.text ?? null });
      items.push(item);
      hash.update(JSON.stringify([item.messageId, item.destination, item.state]));
      if (!examples.has(letter.kind)) examples.set(letter.kind, letter.id);
      if (refusal) continue;
      willSend += 1;
      if (queues.of(letter)?.capabilities.remove === true) removing += 1;
      destinations.count(letter, notes);
      queues.noteReadCost(letter, notes);
    }
    await store.ledger.addPlanItems(id, items);
    total += letters.length + missing.length;
    notes.closePage();
  }
  if (ordinal === 0) throw nothingSelected(selection);

  const plan: ReplayPlan = {
    hash: hash.digest('hex').slice(0, 16),
    asOf,
    total,
    willSend,
    destinations: destinations.rows(),
    toFurtherDestinations: destinations.further(),
    refusals: notes.refusals(),
    warnings: notes.warnings(),
    headerChanges: await exampleChanges(dependencies, examples, options),
    removes: removing === 0 ? 'none' : removing === willSend ? 'all' : 'some',
    dangerous: notes.warnings().some((note) => note.code === 'outcome-unknown'),
  };
  const sentence = replaySentence(selection, total);
  return (await store.ledger.finishPlan(id, { plan, sentence, queueIds: queues.ids() })).id;
}

function toItem(
  letter: DeadLetter,
  { id, ordinal, refusal }: { readonly id: string; readonly ordinal: number; readonly refusal: string | null },
): NewItem {
  const { id: messageId, queueId, identity, position, lane, origin } = letter;
  return {
    id,
    ordinal,
    messageId,
    queueId,
    identity,
    position,
    lane,
    destination: origin.destination,
    state: refusal === null ? 'planned' : 'skipped',
    reason: refusal === null ? null : { code: 'rejected', message: `This message ${refusal.replace(/^are /, 'is ')}.` },
  };
}

function nothingSelected(selection: Selection): AppError {
  return new AppError(
    'not_found',
    selection.kind === 'messages'
      ? 'None of the selected messages is in the index. They may have been removed with their queue; reload the list.'
      : 'No message matches this filter any more. Nothing was planned; reload the list.',
  );
}

/** The ledger is the truth of what was sent; the index may be younger than it, or have lost its last moments. */
async function noteHistory(store: Store, letters: readonly DeadLetter[], notes: PlanNotes): Promise<void> {
  for (const item of await store.ledger.listItemsOfMessages(letters.map((letter) => letter.id))) {
    const isBusy = busyStates.has(item.replayState);
    const inHand = isBusy && (item.state === 'planned' || item.state === 'intended');
    if (inHand) notes.refuse('in-another-replay', `are in replay ${item.replayNumber} already`, item.messageId);
    else if (item.state === 'intended' || item.state === 'unknown')
      notes.warn('outcome-unknown', perhapsSent, item.messageId);
    else if (item.returned) notes.warn('is-a-return', cameBack, item.messageId);
    else if (item.state === 'sent' || item.state === 'settled')
      notes.warn('replayed-before', notSeenAgain, item.messageId);
  }
  for (const letter of letters) {
    if (letter.state === 'returned') notes.warn('is-a-return', cameBack, letter.id);
    if (letter.state === 'replayed') notes.warn('replayed-before', notSeenAgain, letter.id);
    if (letter.state === 'unknown') notes.warn('outcome-unknown', perhapsSent, letter.id);
  }
}

const cameBack = 'were replayed before and came back';
const notSeenAgain = 'were replayed before and have not been seen again';
const perhapsSent = 'may have been sent by an earlier replay whose outcome is unknown: they could arrive twice';

function refuseByState(letter: DeadLetter, queue: Queue | undefined, notes: PlanNotes): void {
  if (letter.state === 'gone')
    notes.refuse('state-gone', 'are no longer in the queue: they expired, or someone else took them', letter.id);
  if (letter.state === 'discarded') notes.refuse('state-gone', 'were discarded', letter.id);
  if (letter.state === 'replayed' && queue?.capabilities.remove === true)
    notes.refuse('state-gone', 'were sent and removed by an earlier replay', letter.id);
}

/** Only SQS has so little room that this needs a look at each message. */
async function noteHeaderRoom(
  { store, conventions }: PlanDependencies,
  letters: readonly DeadLetter[],
  options: ReplayOptions,
  notes: PlanNotes,
): Promise<void> {
  for (const letter of letters) {
    if (letter.kind !== 'sqs' || notes.refusalOf(letter.id)) continue;
    const { raw } = await store.index.getMessage(letter.id);
    if (!hasRoomForReplayHeaders(raw.headers, 'sqs', options.failureHeaders, conventions)) {
      notes.warn(
        'no-room-for-headers',
        'have so many attributes that not all replay headers fit (SQS takes 10); the replay is recorded here all the same',
        letter.id,
      );
    }
  }
}

async function exampleChanges(
  { store, conventions }: PlanDependencies,
  examples: ReadonlyMap<BrokerKind, string>,
  options: ReplayOptions,
): Promise<ReplayPlan['headerChanges']> {
  const changes = await Promise.all(
    [...examples].map(async ([kind, id]) =>
      headerChanges((await store.index.getMessage(id)).raw, kind, options.failureHeaders, conventions),
    ),
  );
  return changes.flat();
}
