import { ledger001 } from '#server/store/sqlite/migrations/ledger-001.ts';
import { ledger002 } from '#server/store/sqlite/migrations/ledger-002.ts';
import { ledger003 } from '#server/store/sqlite/migrations/ledger-003.ts';
import { ledger004 } from '#server/store/sqlite/migrations/ledger-004.ts';
import { ledger005 } from '#server/store/sqlite/migrations/ledger-005.ts';
import { ledger006 } from '#server/store/sqlite/migrations/ledger-006.ts';
import { ledger007 } from '#server/store/sqlite/migrations/ledger-007.ts';
import { ledger008 } from '#server/store/sqlite/migrations/ledger-008.ts';
import { ledger009 } from '#server/store/sqlite/migrations/ledger-009.ts';
import { ledger010 } from '#server/store/sqlite/migrations/ledger-010.ts';
import { ledger011 } from '#server/store/sqlite/migrations/ledger-011.ts';
import { ledger012 } from '#server/store/sqlite/migrations/ledger-012.ts';
import type { Migration } from '#server/store/sqlite/migrations/migration.ts';

/** All that a ledger has gone through, in order. */
export const ledgerMigrations: readonly Migration[] = [
  ledger001,
  ledger002,
  ledger003,
  ledger004,
  ledger005,
  ledger006,
  ledger007,
  ledger008,
  ledger009,
  ledger010,
  ledger011,
  ledger012,
];
