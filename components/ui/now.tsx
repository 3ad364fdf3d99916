'use client';

import { createContext, useContext, useSyncExternalStore, type ReactNode } from 'react';

const RenderedAt = createContext(0);

/** The instant at which the server drew the page: the first drawing in the browser must agree with it. */
export function NowProvider({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return <RenderedAt value={renderedAt}>{children}</RenderedAt>;
}

const everyMs = 10_000;
let current = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = Date.now();
    for (const each of listeners) each();
  }, everyMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function snapshot(): number {
  // Rounded, so that the snapshot stays the same between two ticks; the ticks themselves are exact enough for "4 min".
  const now = Date.now();
  if (now - current > everyMs) current = now;
  return current;
}

/** Epoch milliseconds, moving every ten seconds, the same for all who ask. */
export function useNow(): number {
  const renderedAt = useContext(RenderedAt);
  return useSyncExternalStore(subscribe, snapshot, () => renderedAt);
}
