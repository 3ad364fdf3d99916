import type { Reading } from '#lib/domain/dead-letter.ts';
import type { Masking } from '#lib/masking/masking.ts';

/**
 * What the index keeps of a dead letter: the texts as the masked message says them, and once more by the rules, because a convention may have taken
 * a text out of an encoding. Where it goes, when it was and which replay has sent it are as the message itself says: a replay relies on them.
 */
export function maskReading(said: Reading, shown: Reading, masking: Masking): Reading {
  const text = (value: string | null) => (value === null ? null : masking.text(value));
  const { failure, origin } = shown;
  return {
    ...said,
    failure: {
      errorClass: text(failure.errorClass),
      errorMessage: text(failure.errorMessage),
      stackTrace: text(failure.stackTrace),
      reason: text(failure.reason),
      attempts: said.failure.attempts,
    },
    origin: { ...said.origin, failedIn: text(origin.failedIn), position: text(origin.position) },
    eventId: text(shown.eventId),
    eventType: text(shown.eventType),
    correlationId: text(shown.correlationId),
    causationId: text(shown.causationId),
    traceId: text(shown.traceId),
  };
}
