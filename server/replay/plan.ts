import { createHash } from 'node:crypto';
import { AppError, toErrorRecord, type ErrorRecord } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { Destination } from '#lib/domain/message.ts';
import type { Queue, ReadRefusal } from '#lib/domain/queue.ts';
import type { ReplayOptions, ReplayPlan, ReplayState } from '#lib/domain/replay.ts';
import { hasRoomForReplayHeaders, headerChanges } from '#lib/replay/outgoing.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import {
  destinationKey,
  readDestinations,
  refuseByDestination,
  summariseDestinations,
} from '#server/replay/plan-destinations.ts';
import { createPlanNotes, type PlanNotes } from '#server/replay/plan-notes.ts';
import type { NewReplay, Store } from '#server/store/store.ts';

export interface PlanDependencies {
  readonly store: Store;
  readonly clock: Clock;
  driverOf(connection: string): BrokerDriver;
  newId(): string;
}

export interface PlanRequest {
  readonly messageIds: readonly string[];
  readonly options: ReplayOptions;
  readonly sentence: string;
  readonly by: string;
}

/** Replays in these states have a claim on their messages. */
const busyStates: ReadonlySet<ReplayState> = new Set(['queued', 'sending', 'paused']);

/** Says what would happen to the selected messages; moves nothing, and writes the plan as a replay that waits for its operator. */
export async function makePlan(
  dependencies: PlanDependencies,
  request: PlanRequest,
  signal: AbortSignal,
): Promise<string> {
  const { store, clock } = dependencies;
  const ids = [...new Set(request.messageIds)];
  const letters = (await store.index.getMessages(ids)).toSorted(inOrderOfSending);
  if (letters.length === 0)
    throw new AppError(
      'not_found',
      'None of the selected messages is in the index. They may have been removed with their queue; reload the list.',
    );

  const notes = createPlanNotes();
  const known = new Set(letters.map((letter) => letter.id));
  for (const id of ids) if (!known.has(id)) notes.refuse('not-in-index', 'are no longer in the index', id);

  const queues = await readQueues(store, letters);
  const refusals = await readRefusals(dependencies, queues, signal);
  await noteHistory(store, letters, notes);
  const destinations = await readDestinations(dependencies.driverOf, letters, signal);

  for (const letter of letters) {
    refuseByState(letter, queues.get(letter.queueId), notes);
    refuseByRead(letter, refusals.get(letter.queueId), request.options, notes);
    const facts = destinations.get(destinationKey(letter));
    refuseByDestination(letter, facts, notes);
  }
  await noteHeaderRoom(store, letters, request.options, notes);

  const planned = summariseDestinations(letters, destinations, notes);
  noteReadCosts(queues, letters, notes);

  const items = letters.map((letter, ordinal) => {
    const refusal = notes.refusalOf(letter.id);
    return {
      id: dependencies.newId(),
      ordinal,
      messageId: letter.id,
      queueId: letter.queueId,
      identity: letter.identity,
      position: letter.position,
      lane: letter.lane,
      destination: letter.origin.destination,
      state: refusal ? ('skipped' as const) : ('planned' as const),
      reason: refusal
        ? ({ code: 'rejected', message: `This message ${refusal.text.replace(/^are /, 'is ')}.` } satisfies ErrorRecord)
        : null,
    };
  });
  const plan: ReplayPlan = {
    hash: hashPlan(items, request.options),
    asOf: clock.now(),
    total: ids.length,
    willSend: items.filter((item) => item.state === 'planned').length,
    destinations: planned,
    refusals: notes.refusals(),
    warnings: notes.warnings(),
    headerChanges: await exampleChanges(store, letters, request.options),
    removes: removesOf([...queues.values()]),
    dangerous: notes.warnings().some((note) => note.code === 'outcome-unknown'),
  };
  const replay: NewReplay = {
    id: dependencies.newId(),
    createdAt: clock.now(),
    createdBy: request.by,
    sentence: request.sentence,
    queueIds: [...queues.keys()],
    options: request.options,
    plan,
    items,
  };
  return (await store.ledger.createReplay(replay)).id;
}

/** Queue by queue, lane by lane, oldest first: the order that was lost in the selection, and that a replay keeps. */
function inOrderOfSending(a: DeadLetter, b: DeadLetter): number {
  if (a.queueId !== b.queueId) return a.queueId < b.queueId ? -1 : 1;
  if (a.lane !== b.lane) return a.lane < b.lane ? -1 : 1;
  if (a.sequence !== null && b.sequence !== null) {
    return a.sequence.length - b.sequence.length || (a.sequence < b.sequence ? -1 : a.sequence > b.sequence ? 1 : 0);
  }
  return a.at - b.at;
}

async function readQueues(store: Store, letters: readonly DeadLetter[]): Promise<ReadonlyMap<string, Queue>> {
  const ids = [...new Set(letters.map((letter) => letter.queueId))];
  const queues = await Promise.all(ids.map((id) => store.index.getQueue(id)));
  return new Map(queues.map((queue) => [queue.id, queue]));
}

async function readRefusals(
  dependencies: PlanDependencies,
  queues: ReadonlyMap<string, Queue>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadRefusal | ErrorRecord>> {
  const found = new Map<string, ReadRefusal | ErrorRecord>();
  for (const queue of queues.values()) {
    try {
      const facts = await dependencies.driverOf(queue.connection).inspect(queue.name, signal);
      if (facts.refusal) found.set(queue.id, facts.refusal);
    } catch (error) {
      found.set(queue.id, toErrorRecord(error));
    }
  }
  return found;
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

function refuseByRead(
  letter: DeadLetter,
  refusal: ReadRefusal | ErrorRecord | undefined,
  options: ReplayOptions,
  notes: PlanNotes,
): void {
  if (!refusal) return;
  if ('message' in refusal) notes.refuse('read-refused', `cannot be read now: ${refusal.message}`, letter.id);
  else if (!(options.insist && refusal.canInsist))
    notes.refuse('read-refused', `cannot be read safely: ${refusal.reason} ${refusal.remedy}`, letter.id);
}

function noteReadCosts(queues: ReadonlyMap<string, Queue>, letters: readonly DeadLetter[], notes: PlanNotes): void {
  for (const queue of queues.values()) {
    const cost = queue.capabilities.costs.find((candidate) => candidate.code === 'uses-delivery-limit');
    if (cost)
      notes.warnAll(
        'read-cost',
        `are taken from ${queue.name}, which is read once more for that: ${cost.text}`,
        letters.filter((letter) => letter.queueId === queue.id).map((letter) => letter.id),
      );
  }
}

/** Only SQS has so little room that this needs a look at each message. */
async function noteHeaderRoom(
  store: Store,
  letters: readonly DeadLetter[],
  options: ReplayOptions,
  notes: PlanNotes,
): Promise<void> {
  for (const letter of letters) {
    if (letter.kind !== 'sqs' || notes.refusalOf(letter.id)) continue;
    const { raw } = await store.index.getMessage(letter.id);
    if (!hasRoomForReplayHeaders(raw.headers, 'sqs', options.failureHeaders)) {
      notes.warn(
        'no-room-for-headers',
        'have so many attributes that not all replay headers fit (SQS takes 10); the replay is recorded here all the same',
        letter.id,
      );
    }
  }
}

async function exampleChanges(
  store: Store,
  letters: readonly DeadLetter[],
  options: ReplayOptions,
): Promise<ReplayPlan['headerChanges']> {
  const examples = new Map(letters.map((letter) => [letter.kind, letter.id]));
  const changes = await Promise.all(
    [...examples].map(async ([kind, id]) =>
      headerChanges((await store.index.getMessage(id)).raw, kind, options.failureHeaders),
    ),
  );
  return changes.flat();
}

function removesOf(queues: readonly Queue[]): ReplayPlan['removes'] {
  const removing = queues.filter((queue) => queue.capabilities.remove).length;
  return removing === 0 ? 'none' : removing === queues.length ? 'all' : 'some';
}

/** What the operator confirms: which messages go where, which stay, and how. */
function hashPlan(
  items: readonly { messageId: string; destination: Destination | null; state: string }[],
  options: ReplayOptions,
): string {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const item of items) hash.update(JSON.stringify([item.messageId, item.destination, item.state]));
  return hash.digest('hex').slice(0, 16);
}
