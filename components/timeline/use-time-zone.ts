'use client';

import { useSyncExternalStore } from 'react';

/** The reader's zone. The server does not know it and says UTC, and so does the first drawing in the browser, which must agree with it. */
export function useTimeZone(): string {
  return useSyncExternalStore(neverChanges, readerZone, () => 'UTC');
}

const neverChanges = () => () => undefined;

function readerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
