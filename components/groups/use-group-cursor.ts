'use client';

import { useState } from 'react';

const nothing: ReadonlySet<string> = new Set();

/** Where the reader is among the groups and what is selected, by fingerprint: both stay with their groups while the table is read again. */
export function useGroupCursor(
  fingerprints: readonly string[],
  /** What was selected, shown now or not. */
  chosen: ReadonlySet<string>,
  setChosen: (chosen: ReadonlySet<string>) => void,
) {
  const [current, setCurrent] = useState<string | null>(null);
  const index = current === null ? -1 : fingerprints.indexOf(current);
  const selection = new Set(fingerprints.filter((each) => chosen.has(each)));

  return {
    current: index < 0 ? null : current,
    /** Only what the table shows: acting on groups that nobody sees would surprise. */
    selection,
    goTo: setCurrent,
    /** Answers where it ended, `null` in an empty table. */
    move(by: number, selecting: boolean): number | null {
      const target = index < 0 ? 0 : Math.max(0, Math.min(fingerprints.length - 1, index + by));
      const next = fingerprints[target];
      if (next === undefined) return null;
      if (selecting) {
        const span = fingerprints.slice(Math.min(Math.max(index, 0), target), Math.max(index, target) + 1);
        setChosen(new Set([...selection, ...span]));
      }
      setCurrent(next);
      return target;
    },
    toggle(fingerprint: string) {
      const next = new Set(selection);
      if (!next.delete(fingerprint)) next.add(fingerprint);
      setChosen(next);
      setCurrent(fingerprint);
    },
    toggleRange(fingerprint: string) {
      const to = fingerprints.indexOf(fingerprint);
      const from = index < 0 ? to : index;
      setChosen(new Set([...selection, ...fingerprints.slice(Math.min(from, to), Math.max(from, to) + 1)]));
      setCurrent(fingerprint);
    },
    toggleAll: () => setChosen(selection.size === fingerprints.length ? nothing : new Set(fingerprints)),
    clear: () => setChosen(nothing),
  };
}
