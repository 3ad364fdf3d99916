'use client';

import { useState } from 'react';
import { idsBetween } from '#components/message-table/prepare-rows.ts';
import {
  coverage,
  nothingSelected,
  toggled,
  withAll,
  without,
  type Selection,
} from '#components/message-table/selection.ts';
import type { ListedMessage } from '#lib/api/messages.ts';

/** Where the reader is in the table, and what is selected. Both are ids, so that they survive filtering, paging and new rows. */
export function useTableCursor(rows: readonly ListedMessage[]) {
  const [currentId, setCurrentId] = useState<string | null>(null);
  const [anchorId, setAnchorId] = useState<string | null>(null);
  const [selection, setSelection] = useState<Selection>(nothingSelected);
  const index = rows.findIndex((row) => row.id === currentId);

  const goTo = (id: string) => {
    setCurrentId(id);
    setAnchorId(id);
  };

  return {
    currentId: index < 0 ? null : currentId,
    selection,
    goTo,
    /** Moves by rows, selecting on the way when asked; answers where it ended, `null` in an empty table. */
    move(by: number, selecting: boolean): { readonly index: number; readonly id: string } | null {
      const target = index < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, index + by));
      const row = rows[target];
      if (!row) return null;
      if (selecting) setSelection(withAll(selection, idsBetween(rows, currentId, row.id)));
      goTo(row.id);
      return { index: target, id: row.id };
    },
    toggle(id: string) {
      setSelection(toggled(selection, id));
      goTo(id);
    },
    /** From the last row that was touched to this one. */
    toggleRange(id: string) {
      setSelection(withAll(selection, idsBetween(rows, anchorId, id)));
      setCurrentId(id);
    },
    toggleAll() {
      const ids = rows.map((row) => row.id);
      setSelection(coverage(selection, rows) === 'on' ? without(selection, ids) : withAll(selection, ids));
    },
    // These come later than the drawing whose selection they would know.
    select: (ids: readonly string[]) => setSelection((held) => withAll(held, ids)),
    drop: (ids: readonly string[]) => setSelection((held) => without(held, ids)),
    clear: () => setSelection(nothingSelected),
  };
}
