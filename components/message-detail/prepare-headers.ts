import type { ShownHeader } from '#lib/api/messages.ts';

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
