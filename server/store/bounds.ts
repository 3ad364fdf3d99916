import type { DeadLetter } from '#lib/domain/dead-letter.ts';

/**
 * How much of each text the index keeps, in UTF-16 units. The whole message stays in its content; these are for lists and filters, and a
 * sender may put megabytes into a header. Texts are made well-formed, because no database keeps an unpaired surrogate.
 */
const limits = { short: 500, key: 200, preview: 300, errorMessage: 8_000, stackTrace: 64_000 } as const;

export function boundLetter(letter: Omit<DeadLetter, 'queueId'>): Omit<DeadLetter, 'queueId'> {
  const { failure, origin } = letter;
  return {
    ...letter,
    failure: {
      ...failure,
      errorClass: cut(failure.errorClass, limits.short),
      errorMessage: cut(failure.errorMessage, limits.errorMessage),
      stackTrace: cut(failure.stackTrace, limits.stackTrace),
      reason: cut(failure.reason, limits.short),
    },
    origin: { ...origin, failedIn: cut(origin.failedIn, limits.short), position: cut(origin.position, limits.short) },
    eventId: cut(letter.eventId, limits.short),
    eventType: cut(letter.eventType, limits.short),
    correlationId: cut(letter.correlationId, limits.short),
    causationId: cut(letter.causationId, limits.short),
    traceId: cut(letter.traceId, limits.short),
    keyText: cut(letter.keyText, limits.key),
    preview: cut(letter.preview, limits.preview),
    // Read from headers that anyone may have written.
    replay: letter.replay && {
      ...letter.replay,
      replayId: cut(letter.replay.replayId, limits.short),
      itemId: cut(letter.replay.itemId, limits.short),
    },
    lastReplayId: cut(letter.lastReplayId, limits.short),
  };
}

function cut<Text extends string | null>(text: Text, length: number): Text;
function cut(text: string | null, length: number): string | null {
  if (text === null) return null;
  // Cut first: a pair that the cut has split is made well-formed with the rest.
  return (text.length > length ? text.slice(0, length) : text).toWellFormed();
}
