import { isFilterableValue } from '#components/message-detail/message-actions.ts';
import type { MessageDetail } from '#lib/api/messages.ts';
import type { Filter } from '#lib/filter/filter.ts';

/** What is asked for to find the messages that belong to one; `null` where it does not say. */
export interface Relatives {
  /** Everything of the same correlation, itself included. */
  readonly correlation: Filter | null;
  /** What it came of. */
  readonly cause: Filter | null;
  /** What came of it. */
  readonly effects: Filter | null;
}

export function relativesOf({
  correlationId,
  causationId,
  eventId,
}: Pick<MessageDetail, 'correlationId' | 'causationId' | 'eventId'>): Relatives {
  const asked = (field: 'correlation' | 'causation' | 'event', value: string | null): Filter | null =>
    value !== null && isFilterableValue(value) ? { kind: 'equals', field, value } : null;
  return {
    correlation: asked('correlation', correlationId),
    // A first message names itself as its cause in some frameworks.
    cause: causationId === eventId ? null : asked('event', causationId),
    effects: asked('causation', eventId),
  };
}
