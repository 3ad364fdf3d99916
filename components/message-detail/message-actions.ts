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

/** Filters see of a payload what the page shows, decoded or as it stands; but what was decoded and is too much to be shown was not kept for them. */
export function isFilterable({
  kind,
  label,
  truncated,
}: Pick<MessageDetail['payload'], 'kind' | 'label' | 'truncated'>): boolean {
  return kind === 'json' && (label === 'JSON' || !truncated);
}

/** A condition has to be typed and read; and what was masked is not what the message says. */
export function isFilterableValue(value: string): boolean {
  return value !== '' && value.length <= 200 && !value.includes('•••');
}
