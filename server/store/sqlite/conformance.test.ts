import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngineStore } from '#server/store/sqlite/engine-store.ts';
import { connectStoreThreads } from '#server/store/sqlite/remote-store.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { StoreHarness } from '#server/store/testing/clauses.ts';
import { describeStoreConformance } from '#server/store/testing/conformance.ts';
import type { Store } from '#server/store/store.ts';

function harness(label: string, openIn: (folder: string) => Promise<Store>): StoreHarness {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-store-'));
  return {
    label,
    open: () => openIn(folder),
    childArguments: [join(import.meta.dirname, '../testing/sqlite-child.ts'), folder],
    remove: () => rmSync(folder, { recursive: true }),
  };
}

describeStoreConformance(() => harness('sqlite', async (folder) => openSqliteStore({ folder, role: 'writer' })));
describeStoreConformance(() => harness('sqlite threads', (folder) => connectStoreThreads({ folder, readers: 2 })));
describeStoreConformance(() => harness('sqlite engine', openEngineStore));
