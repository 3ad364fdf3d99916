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

/** Which of it is worth its place. What was found is `undefined` while nobody knows: then nothing is drawn that might go again. */
export function shownRelatives(
  messageId: string,
  found: {
    readonly hasCause: boolean;
    readonly ofCorrelation: readonly { readonly id: string }[] | undefined;
    readonly ofEffects: readonly { readonly id: string }[] | undefined;
  },
): { readonly withEffects: boolean; readonly isShown: boolean } {
  const hasOthers = (rows: readonly { readonly id: string }[] = []) => rows.some(({ id }) => id !== messageId);
  const withEffects = hasOthers(found.ofEffects);
  return { withEffects, isShown: found.hasCause || withEffects || hasOthers(found.ofCorrelation) };
}
