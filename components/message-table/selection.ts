/** What is selected, by message id. It holds on while the table is filtered or paged, so it may hold what the table does not show. */
export type Selection = ReadonlySet<string>;

export const nothingSelected: Selection = new Set();

export function toggled(selection: Selection, id: string): Selection {
  const next = new Set(selection);
  if (!next.delete(id)) next.add(id);
  return next;
}

export function withAll(selection: Selection, ids: Iterable<string>): Selection {
  return new Set([...selection, ...ids]);
}

export function without(selection: Selection, ids: Iterable<string>): Selection {
  const next = new Set(selection);
  for (const id of ids) next.delete(id);
  return next;
}

/** For the header's checkbox: whether all, some or none of the rows are selected. */
export function coverage(selection: Selection, rows: readonly { readonly id: string }[]): 'on' | 'some' | 'off' {
  const held = rows.filter((row) => selection.has(row.id)).length;
  if (held === 0) return 'off';
  return held === rows.length ? 'on' : 'some';
}

/** How many of the selection the table does not show. */
export function hiddenCount(selection: Selection, rows: readonly { readonly id: string }[]): number {
  return selection.size - rows.filter((row) => selection.has(row.id)).length;
}
