'use client';

import { useState } from 'react';
import { inHeldOrder, type HeldOrder } from '#components/groups/prepare-groups.ts';
import type { GroupRow } from '#lib/api/groups.ts';

/**
 * Rows in the newest order, or, while somebody points at them or has selected some, in the one in which they stand. `question` is what was asked
 * for: another question always brings its own order.
 */
export function useHeldOrder(
  fresh: readonly GroupRow[],
  question: string,
  holding: boolean,
): HeldOrder & { readonly release: () => void } {
  const [held, setHeld] = useState<{ readonly question: string; readonly order: readonly string[] } | null>(null);
  const order = fresh.map((row) => row.fingerprint);
  const isNew = held === null || held.question !== question;
  if (isNew || (!holding && held.order.join() !== order.join())) setHeld({ question, order });
  return {
    ...(isNew || !holding ? { rows: fresh, announcement: null } : inHeldOrder(held.order, fresh)),
    release: () => setHeld({ question, order }),
  };
}
