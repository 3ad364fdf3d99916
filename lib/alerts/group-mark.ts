import type { AlertSubject } from '#lib/alerts/alert.ts';

const markLength = 6;

/** Two groups may have one title: in what is said of it, each is named by the beginning of its fingerprint. Of anything else it is empty. */
export function groupMark({ kind, id }: Pick<AlertSubject, 'kind' | 'id'>): string {
  return kind === 'group' ? ` · group ${id.slice(0, markLength)}` : '';
}
