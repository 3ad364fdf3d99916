import type { MessageRow } from '#lib/api/messages.ts';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Destination, destinationLabel } from '#lib/domain/message.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import { maskDestination, maskKeyText } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';
import { readIntentMark } from '#server/replay/intent-mark.ts';
import { maskItem, maskReplay } from '#server/queries/mask-replay.ts';
import { usualQuarantineAfter } from '#lib/replay/returns.ts';

/** A dead letter as the wire has it: without positions and stack trace, with its origin in words. */
export function toMessageRow(
  letter: DeadLetter,
  masking?: Masking,
  quarantineAfter: number = usualQuarantineAfter,
): MessageRow {
  const row = rowOf(letter, quarantineAfter);
  return masking ? maskRow(row, masking) : row;
}

function rowOf(letter: DeadLetter, quarantineAfter: number): MessageRow {
  const { destination, failedIn, position } = letter.origin;
  return {
    id: letter.id,
    queueId: letter.queueId,
    kind: letter.kind,
    // Kafka's identity also names the topic's incarnation, which is no use to people.
    identity: letter.kind === 'kafka' ? letter.position : letter.identity,
    at: letter.at,
    atIs: letter.atIs,
    originalAt: letter.originalAt,
    errorClass: letter.failure.errorClass,
    errorMessage: letter.failure.errorMessage,
    reason: letter.failure.reason,
    attempts: letter.failure.attempts,
    returns: letter.returns,
    quarantined: letter.returns >= quarantineAfter,
    key: letter.keyText,
    eventType: letter.eventType,
    eventId: letter.eventId,
    correlationId: letter.correlationId,
    causationId: letter.causationId,
    traceId: letter.traceId,
    origin: { destination, label: destination === null ? null : destinationLabel(destination), failedIn, position },
    state: letter.state,
    stateAt: letter.stateAt,
    keptFrom: letter.keptFrom,
    endsAt: letter.endsAt,
    lastReplayId: letter.lastReplayId,
    sizeBytes: letter.sizeBytes,
    preview: letter.preview,
    fingerprint: letter.fingerprint,
  };
}

/** What was indexed before a rule was made still holds what the rule masks. */
function maskRow(row: MessageRow, masking: Masking): MessageRow {
  const text = (value: string | null) => (value === null ? null : masking.text(value));
  const destination = row.origin.destination && maskDestination(row.origin.destination, masking);
  return {
    ...row,
    errorClass: text(row.errorClass),
    errorMessage: text(row.errorMessage),
    reason: text(row.reason),
    key: row.key === null ? null : maskKeyText(row.key, masking, { isLane: row.kind === 'sqs' }),
    eventType: text(row.eventType),
    eventId: text(row.eventId),
    correlationId: text(row.correlationId),
    causationId: text(row.causationId),
    traceId: text(row.traceId),
    origin: {
      destination,
      label: destination && destinationLabel(destination),
      failedIn: text(row.origin.failedIn),
      position: text(row.origin.position),
    },
    preview: masking.text(row.preview),
  };
}

/** What is counted or grouped by its error. */
export function maskErrorTexts<
  Row extends { readonly errorClass: string | null; readonly errorMessage: string | null },
>(row: Row, masking: Masking): Row {
  const text = (value: string | null) => (value === null ? null : masking.text(value));
  return { ...row, errorClass: text(row.errorClass), errorMessage: text(row.errorMessage) };
}

export function toReplayView(replay: Replay, masking?: Masking): ReplayView {
  const shown = masking ? maskReplay(replay, masking) : replay;
  const { destinations, suggestions = [], redirected = [] } = shown.plan;
  const labelled = <Row extends { readonly destination: Destination }>(row: Row) => ({
    ...row,
    label: destinationLabel(row.destination),
  });
  const plan = {
    ...shown.plan,
    destinations: destinations.map(labelled),
    suggestions: suggestions.map(labelled),
    redirected,
  };
  return { ...shown, plan };
}

/** Without what its message says, and whether it is restored: that is told by the index and by other items. */
export function toReplayItemView(
  item: ReplayItem,
  masking: Masking | undefined,
  isEdited: boolean,
): Omit<ReplayItemView, 'message' | 'restoredAt'> {
  const { destination, reason } = masking ? maskItem(item, masking) : item;
  const { decision } = item;
  return {
    id: item.id,
    ordinal: item.ordinal,
    messageId: item.messageId,
    queueId: item.queueId,
    // Without Kafka's incarnation of the topic, as above; what is discarded has no destination to tell its broker.
    identity: item.identity.startsWith(`${item.position}@`) ? item.position : item.identity,
    destinationLabel: destination === null ? null : destinationLabel(destination),
    state: item.state,
    edited: isEdited && item.state !== 'skipped',
    reason,
    sentPosition: item.sentPosition,
    intendedAt: item.intendedAt,
    sentAt: item.sentAt,
    settledAt: item.settledAt,
    returned: item.returned,
    decision: decision && { ...decision, reason: masking?.text(decision.reason) ?? decision.reason },
    searchedFrom: searchedFrom(item),
  };
}

/** Only a log can be searched for what was sent to it. */
function searchedFrom({ state, destination, watermark }: ReplayItem): string | null {
  return state === 'unknown' && destination?.kind === 'kafka' ? (readIntentMark(watermark)?.watermark ?? null) : null;
}
