import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Filter, TimeRange } from '#lib/filter/filter.ts';
import { contains } from '#lib/filter/fold.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';

/** What a filter means, said as plainly as possible. Stores answer the same by faster ways, and are tested against this. */
export function evaluate(filter: Filter, letter: DeadLetter): boolean {
  switch (filter.kind) {
    case 'all':
      return true;
    case 'and':
      return filter.terms.every((term) => evaluate(term, letter));
    case 'or':
      return filter.terms.some((term) => evaluate(term, letter));
    case 'not':
      return !evaluate(filter.term, letter);
    case 'contains':
      return textsOf(filter.field, letter).some((text) => text !== null && contains(text, filter.value));
    case 'equals': {
      const value = filter.value.toWellFormed();
      return valuesOf(filter.field, letter).some((text) => text === value);
    }
    case 'queue':
      return matchesQueue(filter.pattern, letter.queueId);
    case 'state':
      return letter.state === filter.state;
  }
}

export function inRange(range: TimeRange, at: number): boolean {
  return (range.from === null || at >= range.from) && (range.to === null || at < range.to);
}

type Field<Kind extends Filter['kind']> = Extract<Filter, { readonly kind: Kind; readonly field: string }>['field'];

function textsOf(field: Field<'contains'>, letter: DeadLetter): readonly (string | null)[] {
  const { errorClass, errorMessage } = letter.failure;
  switch (field) {
    case 'error':
      return [errorClass, errorMessage];
    case 'key':
      return [letter.keyText];
    case 'type':
      return [letter.eventType];
    case 'text':
      return [errorClass, errorMessage, letter.keyText, letter.eventType, letter.preview];
  }
}

/** A key may be named by its text or, for neighbours of a message, by its digest. */
function valuesOf(field: Field<'equals'>, letter: DeadLetter): readonly (string | null)[] {
  switch (field) {
    case 'queue':
      return [letter.queueId];
    case 'key':
      return [letter.keyText, letter.keyDigest];
    case 'type':
      return [letter.eventType];
    case 'class':
      return [letter.failure.errorClass];
    case 'correlation':
      return [letter.correlationId];
    case 'event':
      return [letter.eventId];
    case 'connection':
      return [splitQueueId(letter.queueId)?.connection ?? null];
    case 'replay':
      return [letter.lastReplayId, letter.replay?.replayId ?? null];
  }
}
