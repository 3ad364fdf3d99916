import { createHash } from 'node:crypto';
import type { ConventionChain } from '#lib/conventions/chain.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import type { Queue } from '#lib/domain/queue.ts';
import type { ReplayOptions, ReplayPlan, Selection } from '#lib/domain/replay.ts';
import { headerChanges } from '#lib/replay/outgoing.ts';
import { signsOf, usualQuarantineAfter } from '#lib/replay/returns.ts';
import { replaySentence } from '#lib/replay/sentence.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { MessageEditor } from '#server/payload/message-editor.ts';
import type { SchemaRegistry } from '#server/payload/schema-registry.ts';
import { checkPlannedEdit, editPatienceMax, withHeaderEdits } from '#server/replay/edit-plan.ts';
import { noteContent, noteDoubtful } from '#server/replay/plan-content.ts';
import { noteContents } from '#server/replay/plan-contents.ts';
import { createPlanDestinations, refuseByDestination } from '#server/replay/plan-destinations.ts';
import { createPlanEvents } from '#server/replay/plan-events.ts';
import { noteHistory } from '#server/replay/plan-history.ts';
import { createPlanKeys } from '#server/replay/plan-keys.ts';
import { createPlanNotes, type PlanNotes, stateByRefusal } from '#server/replay/plan-notes.ts';
import { refuseRemovedOriginals } from '#server/replay/plan-originals.ts';
import { noteQuarantined } from '#server/replay/note-quarantined.ts';
import { createPlanQueues } from '#server/replay/plan-queues.ts';
import { createPlanRoutes, digestOfRules, type RoutedLetter } from '#server/replay/plan-routes.ts';
import { createPlanSchemas } from '#server/replay/plan-schemas.ts';
import { createPlanSuggestions } from '#server/replay/plan-suggestions.ts';
import { selectedPages } from '#server/replay/selected-pages.ts';
import type { NewItem, Store } from '#server/store/store.ts';

export interface PlanDependencies {
  readonly store: Store;
  readonly clock: Clock;
  /** Whose headers are failure headers; the built-in ones where absent. */
  readonly conventions?: ConventionChain | undefined;
  readonly editor: MessageEditor;
  /** Schema registries by connection; those without one are not in it. */
  readonly registries?: ReadonlyMap<string, SchemaRegistry> | undefined;
  /** So many returns put a message into quarantine; as usual where absent. */
  readonly quarantineAfter?: number | undefined;
  driverOf(connection: string): BrokerDriver;
  newId(): string;
}

export interface PlanRequest {
  readonly id: string;
  readonly selection: Selection;
  readonly options: ReplayOptions;
  readonly by: string;
}

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
  checkPlannedEdit(selection, options);
  const asOf = clock.now();
  const notes = createPlanNotes();
  const redirects = await store.ledger.listRedirects();
  const routes = createPlanRoutes(options, redirects);
  const rules = digestOfRules(options, redirects);
  const destinations = createPlanDestinations(dependencies.driverOf);
  const queues = createPlanQueues(dependencies, options);
  const events = createPlanEvents(store);
  const keys = createPlanKeys(store);
  const suggestions = createPlanSuggestions(dependencies.driverOf);
  const schemas = createPlanSchemas(dependencies.registries ?? new Map(), dependencies.editor);
  const editPatience = { left: editPatienceMax };
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
    const page = letters.map((letter) => routes.of(letter));
    await queues.meet(letters, signal);
    await destinations.meet(page, signal);
    await events.meet(page, signal);
    await suggestions.meet(page, signal);
    await noteHistory(store, letters, notes);
    await noteDoubtful(store, selection, letters, notes);
    for (const routed of page) {
      const { letter } = routed;
      refuseByState(letter, queues.of(letter), notes);
      noteContent(letter, notes);
      noteQuarantined(letter, options, dependencies.quarantineAfter ?? usualQuarantineAfter, notes);
      queues.refuse(letter, notes);
      refuseByDestination(routed, destinations.factsOf(routed), notes);
    }
    await refuseRemovedOriginals(store, letters, notes);
    await noteContents({ ...dependencies, schemas, editPatience }, page, destinations.factsOf, options, notes);

    const sending = page.filter(({ letter }) => notes.refusalOf(letter.id) === undefined);
    const items: NewItem[] = [];
    for (const routed of page) {
      const { letter } = routed;
      const refusal = notes.refusalOf(letter.id);
      const item = toItem(routed, { id: newId(), ordinal: ordinal++, refusal: refusal?.text });
      items.push(item);
      hash.update(JSON.stringify([item.messageId, item.destination, item.state]));
      if (!examples.has(letter.kind)) examples.set(letter.kind, letter.id);
      // Also where the rule's place is why it is refused.
      routes.count(routed);
      if (refusal) continue;
      willSend += 1;
      if (queues.of(letter)?.capabilities.remove === true) removing += 1;
      destinations.count(routed, notes);
      events.note(routed, notes);
      queues.noteTaking(letter, notes);
    }
    await keys.follow(sending, notes, signal);
    await store.ledger.addPlanItems(id, items);
    total += letters.length + missing.length;
    notes.closePage();
  }
  if (ordinal === 0) throw nothingSelected(selection);
  await keys.finish(notes, signal);

  const redirected = routes.redirected();
  const plan: ReplayPlan = {
    hash: hash.digest('hex').slice(0, 16),
    asOf,
    total,
    willSend,
    destinations: destinations.rows(),
    toFurtherDestinations: destinations.further(),
    ...(redirected && { redirected }),
    ...(rules !== undefined && { rules }),
    suggestions: suggestions.found(),
    refusals: notes.refusals(),
    warnings: notes.warnings(),
    headerChanges: withHeaderEdits(await exampleChanges(dependencies, examples, options), options.edit),
    removes: removing === 0 ? 'none' : removing === willSend ? 'all' : 'some',
    dangerous: notes.warnings().some((note) => note.code === 'outcome-unknown'),
  };
  const sentence = replaySentence(selection, total);
  return (await store.ledger.finishPlan(id, { plan, sentence, queueIds: queues.ids() })).id;
}

function toItem(
  { letter, destination }: RoutedLetter,
  { id, ordinal, refusal }: { readonly id: string; readonly ordinal: number; readonly refusal: string | undefined },
): NewItem {
  const { id: messageId, queueId, identity, position, lane } = letter;
  return {
    id,
    ordinal,
    messageId,
    queueId,
    identity,
    position,
    lane,
    destination,
    ...stateByRefusal(refusal),
    signs: { ...signsOf(letter), fingerprint: letter.fingerprint },
  };
}

function nothingSelected(selection: Selection): AppError {
  return new AppError(
    'not_found',
    selection.kind === 'messages'
      ? 'None of the selected messages is in the index. They may have been removed with their queue; reload the list.'
      : 'No message matches this filter. Nothing was planned.',
  );
}

function refuseByState(letter: DeadLetter, queue: Queue | undefined, notes: PlanNotes): void {
  if (letter.state === 'gone')
    notes.refuse('state-gone', 'are no longer in the queue: they expired, or someone else took them', letter.id);
  if (letter.state === 'discarded') notes.refuse('state-gone', 'were discarded', letter.id);
  if (letter.state === 'replayed' && queue?.capabilities.remove === true)
    notes.refuse('state-gone', 'were sent and removed by an earlier replay', letter.id);
}

async function exampleChanges(
  { store, conventions }: PlanDependencies,
  examples: ReadonlyMap<BrokerKind, string>,
  options: ReplayOptions,
): Promise<ReplayPlan['headerChanges']> {
  const changes = await Promise.all(
    [...examples].map(async ([kind, id]) =>
      headerChanges((await store.index.getMessage(id)).raw, kind, options, conventions),
    ),
  );
  return changes.flat();
}
