import { createContext } from 'react';
import type { MessageDetail } from '#lib/api/messages.ts';
import type { Filter } from '#lib/filter/filter.ts';

/** What a press on "show only this" does with a condition, for every value of a message; `null` where there is no filter to put it into. */
export const FilterBy = createContext<{
  readonly onCondition: (condition: Filter) => void;
  /** Whether the filter can look into this payload. */
  readonly payload: boolean;
} | null>(null);

/** Where another message is opened; `null` where that is its own page. */
export const OpenMessage = createContext<((messageId: string) => void) | null>(null);

/** Filters look into a payload that is JSON as it stands in the message, alone or behind the number of its schema; not into what had to be decoded. */
export function isFilterable(payload: MessageDetail['payload']): boolean {
  return payload.kind === 'json' && (payload.label === 'JSON' || payload.schema?.type === 'JSON');
}

/** A condition has to be typed and read; and what was masked is not what the message says. */
export function isFilterableValue(value: string): boolean {
  return value !== '' && value.length <= 200 && !value.includes('•••');
}
