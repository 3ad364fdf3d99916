import { isFilterableValue } from '#components/message-detail/message-actions.ts';
import type { ShownHeader } from '#lib/api/messages.ts';
import type { Filter } from '#lib/filter/filter.ts';

export interface HeaderGroup {
  readonly title: string;
  readonly headers: readonly ShownHeader[];
}

const titles: readonly (readonly [ShownHeader['group'], string])[] = [
  ['failure', 'Failure'],
  ['routing', 'Routing'],
  ['trace', 'Trace'],
  ['replay', 'Replay'],
  ['business', 'Your own'],
  ['broker', 'Broker'],
];

/** Headers by what they are about; within a group in the order of the message. */
export function headerGroups(headers: readonly ShownHeader[]): readonly HeaderGroup[] {
  return titles
    .map(([group, title]) => ({ title, headers: headers.filter((header) => header.group === group) }))
    .filter((group) => group.headers.length > 0);
}

/** Shown in another way than the filter compares them. */
const shownOtherwise = new Set(['table', 'list', 'timestamp']);

/** The condition that is met by messages with this value under this name; `null` where the value is not shown as it is compared. */
export function headerCondition(header: ShownHeader): Filter | null {
  const { name, text, type, truncated, maskedBy } = header;
  if (text === null || truncated || maskedBy.length > 0 || !isFilterableValue(text)) return null;
  if (type !== null && shownOtherwise.has(type)) return null;
  return { kind: 'header', name, test: { kind: 'is', value: text } };
}
