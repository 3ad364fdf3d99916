import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from '#server/store/sqlite/database.ts';

const pollMs = 100;

/**
 * Counts the commits that this connection can notice. `data_version` changes when another connection has committed
 * (https://www.sqlite.org/pragma.html#pragma_data_version), `total_changes` when this one has; both are looked at only while somebody waits.
 */
export interface Changes {
  waitForChange(seen: number, timeoutMs: number): Promise<number>;
  close(): void;
}

export function createChanges(databases: readonly Database[]): Changes {
  const closing = new AbortController();
  let version = 1;
  let mark = readMark(databases);

  const look = (): number => {
    if (closing.signal.aborted) return version;
    const now = readMark(databases);
    if (now !== mark) {
      mark = now;
      version += 1;
    }
    return version;
  };

  return {
    async waitForChange(seen, timeoutMs) {
      const until = performance.now() + timeoutMs;
      for (;;) {
        const now = look();
        const leftMs = until - performance.now();
        if (now > seen || leftMs <= 0 || closing.signal.aborted) return now;
        // Aborted by close: the loop then ends by itself.
        await delay(Math.min(pollMs, leftMs), undefined, { signal: closing.signal }).catch(() => undefined);
      }
    },
    close: () => closing.abort(),
  };
}

function readMark(databases: readonly Database[]): string {
  return databases
    .map(
      (db) =>
        `${db.prepare('PRAGMA data_version').get()?.['data_version']}.${db.prepare('SELECT total_changes() AS n').get()?.['n']}`,
    )
    .join(' ');
}
