import type { MessageRow } from '#lib/api/messages.ts';
import type { ReplayItemView, ReplayView } from '#lib/api/replays.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { destinationLabel } from '#lib/domain/message.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';

/** A dead letter as the wire has it: without positions and stack trace, with its origin in words. */
export function toMessageRow(letter: DeadLetter): MessageRow {
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
    key: letter.keyText,
    eventType: letter.eventType,
    eventId: letter.eventId,
    correlationId: letter.correlationId,
    traceId: letter.traceId,
    origin: { destination, label: destination === null ? null : destinationLabel(destination), failedIn, position },
    state: letter.state,
    stateAt: letter.stateAt,
    lastReplayId: letter.lastReplayId,
    sizeBytes: letter.sizeBytes,
    preview: letter.preview,
    fingerprint: letter.fingerprint,
  };
}

export function toReplayView(replay: Replay): ReplayView {
  const destinations = replay.plan.destinations.map((row) => ({ ...row, label: destinationLabel(row.destination) }));
  return { ...replay, plan: { ...replay.plan, destinations } };
}

export function toReplayItemView(item: ReplayItem): ReplayItemView {
  return {
    id: item.id,
    ordinal: item.ordinal,
    messageId: item.messageId,
    queueId: item.queueId,
    identity: item.destination?.kind === 'kafka' ? item.position : item.identity,
    destinationLabel: item.destination === null ? null : destinationLabel(item.destination),
    state: item.state,
    reason: item.reason,
    sentPosition: item.sentPosition,
    sentAt: item.sentAt,
    settledAt: item.settledAt,
    returned: item.returned,
  };
}
