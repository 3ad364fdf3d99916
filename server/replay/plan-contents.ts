import type { ConventionChain } from '#lib/conventions/chain.ts';
import type { ErrorRecord } from '#lib/domain/errors.ts';
import { destinationLabel, type RawDeadLetter } from '#lib/domain/message.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';
import { expiredAt } from '#lib/replay/message-expiry.ts';
import { hasRoomForReplayHeaders, makeOutgoing, type ReplayMark } from '#lib/replay/outgoing.ts';
import type { DestinationFacts } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import type { EditPatience, MessageEditor } from '#server/payload/message-editor.ts';
import { editContents } from '#server/replay/edit-plan.ts';
import type { PlanNotes } from '#server/replay/plan-notes.ts';
import type { RoutedLetter } from '#server/replay/plan-routes.ts';
import type { PlanSchemas } from '#server/replay/plan-schemas.ts';
import type { Store } from '#server/store/store.ts';
import { sizeOf } from '#server/sync/read-letter.ts';
import { replayTrace } from '#server/tracing/replay-trace.ts';

export interface ContentDependencies {
  readonly store: Pick<Store, 'index'>;
  readonly clock: Clock;
  readonly conventions?: ConventionChain | undefined;
  readonly schemas: PlanSchemas;
  readonly editor: MessageEditor;
  readonly editPatience: EditPatience;
}

/** Contents that are in memory together; one message may be larger. */
const portionBytes = 4 << 20;

/** What only the message itself can tell: whether it fits, where it may go, whether it is still wanted, and whether it can still be read. */
export async function noteContents(
  { store, clock, conventions, schemas, editor, editPatience }: ContentDependencies,
  letters: readonly RoutedLetter[],
  factsOf: (routed: RoutedLetter) => DestinationFacts | ErrorRecord | undefined,
  options: ReplayOptions,
  notes: PlanNotes,
): Promise<void> {
  const sending = letters.filter(({ letter }) => notes.refusalOf(letter.id) === undefined);
  for (const portion of portions(sending)) {
    const contents = await store.index.getContents(portion.map(({ letter }) => letter.id));
    const found = new Map(contents.map(({ id, raw }) => [id, raw]));
    const byId = await editContents({ editor, conventions, editPatience }, portion, found, options, notes);
    const read: { readonly routed: RoutedLetter; readonly raw: RawDeadLetter }[] = [];
    for (const routed of portion) {
      const raw = byId.get(routed.letter.id);
      const facts = factsOf(routed);
      if (!raw || !facts || 'message' in facts) continue;
      refuseTooLarge(routed, raw, facts, options, conventions, notes);
      noteHeaderRoom(routed, raw, options, conventions, notes);
      noteMessageGroup(routed, raw, notes);
      noteExpiry(routed, raw, facts, clock.now(), notes);
      noteTime(routed, facts, options, clock.now(), notes);
      read.push({ routed, raw });
    }
    await schemas.note(read, notes);
  }
}

function* portions(letters: readonly RoutedLetter[]): Generator<readonly RoutedLetter[]> {
  let portion: RoutedLetter[] = [];
  let bytes = 0;
  for (const routed of letters) {
    portion.push(routed);
    bytes += routed.letter.sizeBytes;
    if (bytes < portionBytes) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  if (portion.length > 0) yield portion;
}

/** As it is sent: with the replay headers, and without what is stripped. */
function refuseTooLarge(
  { letter }: RoutedLetter,
  raw: RawDeadLetter,
  { maxMessageBytes }: DestinationFacts,
  options: ReplayOptions,
  conventions: ConventionChain | undefined,
  notes: PlanNotes,
): void {
  if (maxMessageBytes === null) return;
  if (options.edit === null && letter.sizeBytes + addedBytesMax(options) <= maxMessageBytes) return;
  const mark = exampleMark(letter, options);
  if (sizeOf(makeOutgoing(raw, letter.kind, mark, options.failureHeaders, conventions)) <= maxMessageBytes) return;
  notes.refuse(
    'too-large',
    `are larger than the destination takes (${maxMessageBytes.toLocaleString('en-US')} bytes): they stay here`,
    letter.id,
  );
}

/** What our headers add at most, in bytes. */
function addedBytesMax({ traceContext, callerTrace }: ReplayOptions): number {
  return 320 + (traceContext === 'keep' ? 0 : 480 + (callerTrace?.tracestate?.length ?? 0));
}

const id = '00000000-0000-0000-0000-000000000000';

/** As long as that of the send. */
function exampleMark({ originalAt }: RoutedLetter['letter'], options: ReplayOptions): ReplayMark {
  const { timestamp, traceContext } = options;
  return {
    ...{ replayId: id, itemId: id, count: 1, at: 1_795_318_869_114 },
    ...(timestamp === 'header' && originalAt !== null && { originalAt }),
    ...(traceContext === 'replace' && { trace: replayTrace({ id, options }) }),
  };
}

function noteHeaderRoom(
  { letter }: RoutedLetter,
  raw: RawDeadLetter,
  options: ReplayOptions,
  conventions: ConventionChain | undefined,
  notes: PlanNotes,
): void {
  const mark = exampleMark(letter, options);
  if (hasRoomForReplayHeaders(raw, letter.kind, mark, options.failureHeaders, conventions)) return;
  notes.warn(
    'no-room-for-headers',
    'have so many attributes that not all replay headers fit (SQS takes 10); the replay is recorded here all the same',
    letter.id,
  );
}

/** A FIFO queue takes nothing without a message group, and a standard queue keeps no order by one. */
function noteMessageGroup({ letter, destination }: RoutedLetter, raw: RawDeadLetter, notes: PlanNotes): void {
  if (destination?.kind !== 'sqs') return;
  const hasGroup = raw.properties.some(({ name }) => name === 'MessageGroupId');
  const isFifo = destination.queue.endsWith('.fifo');
  const label = destinationLabel(destination);
  if (isFifo && !hasGroup)
    notes.refuse(
      'fifo-group-missing',
      `have no message group, and ${label} is a FIFO queue, which takes none without`,
      letter.id,
    );
  if (!isFifo && hasGroup)
    notes.warn(
      'fifo-group-unused',
      `belong to message groups, and ${label} is a standard queue, which keeps no order`,
      letter.id,
    );
}

function noteExpiry(
  { letter, destination }: RoutedLetter,
  raw: RawDeadLetter,
  { keepsMs }: DestinationFacts,
  now: number,
  notes: PlanNotes,
): void {
  // Dead-lettered at the latest by then, so an age is never said to be more than it is.
  const sentAt = letter.originalAt ?? letter.at;
  const end = expiredAt(raw, sentAt);
  if (letter.failure.reason === 'expired' || (end !== null && end < now))
    notes.warn('expired', 'have outlived the time that their sender gave them', letter.id);
  else if (destination?.kind === 'sqs' && keepsMs != null && sentAt + keepsMs < now)
    notes.warn(
      'expired',
      `are older than ${destination.queue} keeps its messages: its receivers never meet any of that age`,
      letter.id,
    );
}

function noteTime(
  { letter }: RoutedLetter,
  { keepsMs }: DestinationFacts,
  { timestamp }: ReplayOptions,
  now: number,
  notes: PlanNotes,
): void {
  if (timestamp === 'now') return;
  if (timestamp === 'original' && letter.kind !== 'kafka')
    notes.warn(
      'no-original-time',
      'go to a broker that sets the time of a message itself: the original one is not kept',
      letter.id,
    );
  else if (letter.originalAt === null)
    notes.warn(
      'no-original-time',
      'do not say when they were first produced: they get the time of the send',
      letter.id,
    );
  else if (timestamp === 'original' && keepsMs != null && letter.originalAt + keepsMs < now)
    notes.warn(
      'older-than-kept',
      'would be older than their topic keeps its messages: it may delete them as soon as they arrive',
      letter.id,
    );
}
