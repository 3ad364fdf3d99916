import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { destinationLabel, type RawMessage } from '#lib/domain/message.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { Filter, NumberField, TextField, TimeField, TimeRange, ValueField } from '#lib/filter/filter.ts';
import { contains, fold } from '#lib/filter/fold.ts';
import { headersHave } from '#lib/filter/header-values.ts';
import { payloadHas } from '#lib/filter/payload-values.ts';
import { matchesQueue } from '#lib/filter/queue-pattern.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import { matchesWhole, matchesWithin } from '#lib/filter/wildcards.ts';

/** What a filter can look at besides the letter itself; asked for only where it does. */
export type Content = Pick<RawMessage, 'headers' | 'properties' | 'body'> & { readonly decoded?: DecodedBody };

/** What a filter means, said as plainly as possible. Stores answer the same by faster ways, and are tested against this. */
export function evaluate(filter: Filter, letter: DeadLetter, content: () => Content): boolean {
  switch (filter.kind) {
    case 'all':
      return true;
    case 'and':
      return filter.terms.every((term) => evaluate(term, letter, content));
    case 'or':
      return filter.terms.some((term) => evaluate(term, letter, content));
    case 'not':
      return !evaluate(filter.term, letter, content);
    case 'contains':
      return textsOf(filter.field, letter).some((text) => text !== null && contains(text, filter.value));
    case 'like': {
      const parts = filter.parts.map(fold);
      return textsOf(filter.field, letter).some((text) => text !== null && matchesWithin(parts, fold(text)));
    }
    case 'equals': {
      const value = filter.value.toWellFormed();
      return valuesOf(filter.field, letter).includes(value);
    }
    case 'matches': {
      const parts = filter.parts.map((part) => part.toWellFormed());
      return valuesOf(filter.field, letter).some((value) => value !== null && matchesWhole(parts, value));
    }
    case 'queue':
      return matchesQueue(filter.pattern, letter.queueId);
    case 'state':
      return letter.state === filter.state;
    case 'group':
      return filter.fingerprints.includes(letter.fingerprint);
    case 'number': {
      const number = numberOf(filter.field, letter);
      return number !== null && number >= (filter.from ?? number) && number <= (filter.to ?? number);
    }
    case 'time': {
      const at = timeOf(filter.field, letter);
      return at !== null && inRange(filter, at);
    }
    case 'header':
      return headersHave(content(), filter.name, filter.test);
    case 'payload':
      return payloadHas(content(), filter.path, filter.test);
  }
}

function timeOf(field: TimeField, letter: DeadLetter): number | null {
  switch (field) {
    case 'at':
      return letter.at;
    case 'original':
      return letter.originalAt;
    case 'kept':
      return letter.keptFrom;
    case 'ends':
      return letter.endsAt;
    case 'expires':
      return null;
  }
}

function numberOf(field: NumberField, letter: DeadLetter): number | null {
  switch (field) {
    case 'attempts':
      return letter.failure.attempts;
    case 'size':
      return letter.sizeBytes;
    case 'returns':
      return letter.returns;
  }
}

export function inRange(range: TimeRange, at: number): boolean {
  return (range.from === null || at >= range.from) && (range.to === null || at < range.to);
}

function textsOf(field: TextField, letter: DeadLetter): readonly (string | null)[] {
  const { errorClass, errorMessage } = letter.failure;
  switch (field) {
    case 'error':
      return [errorClass, errorMessage];
    case 'origin':
      return [letter.origin.destination && destinationLabel(letter.origin.destination)];
    case 'key':
      return [letter.keyText];
    case 'type':
      return [letter.eventType];
    case 'text':
      return [errorClass, errorMessage, letter.keyText, letter.eventType, letter.preview];
  }
}

/** A key may be named by its text or, for neighbours of a message, by its digest. */
function valuesOf(field: ValueField | 'queue', letter: DeadLetter): readonly (string | null)[] {
  switch (field) {
    case 'queue':
      return [letter.queueId];
    case 'key':
      return [letter.keyText, letter.keyDigest];
    case 'type':
      return [letter.eventType];
    case 'class':
      return [letter.failure.errorClass];
    case 'reason':
      return [letter.failure.reason];
    case 'correlation':
      return [letter.correlationId];
    case 'causation':
      return [letter.causationId];
    case 'event':
      return [letter.eventId];
    case 'trace':
      return [letter.traceId];
    case 'connection':
      return [splitQueueId(letter.queueId)?.connection ?? null];
    case 'replay':
      return [letter.lastReplayId, letter.replay?.replayId ?? null];
  }
}
