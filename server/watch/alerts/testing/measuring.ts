import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Alert } from '#lib/alerts/alert.ts';
import type { Observation } from '#lib/alerts/round.ts';
import type { AlertRule } from '#lib/alerts/rule.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { manyLetters } from '#server/store/testing/letters.ts';
import { addQueue } from '#server/store/testing/reading.ts';
import { createArrivalLog } from '#server/watch/alerts/arrivals.ts';
import { createFacts, type GivenFacts } from '#server/watch/alerts/facts.ts';
import { measure } from '#server/watch/alerts/measure.ts';
import { createUsuals } from '#server/watch/alerts/measure-unusual.ts';

/** What rules measure, on a real store with dead letters in it: each test has its own. */

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const now = Date.UTC(2026, 10, 23, 3, 10);

let opened: { readonly store: Store; readonly folder: string; readonly queueId: string } | null = null;
let scans = 0;

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-measure-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  opened = { store, folder, queueId: await addQueue(store, 'orders.dlq') };
});
afterEach(async () => {
  await opened?.store.close();
  if (opened) rmSync(opened.folder, { recursive: true, force: true });
});

function ofTest() {
  if (!opened) throw new Error('There is a store within a test only.');
  return opened;
}

export const own = {
  get store() {
    return ofTest().store;
  },
  get queueId() {
    return ofTest().queueId;
  },
};

export const failing = (errorClass: string) => ({
  errorClass,
  errorMessage: null,
  stackTrace: null,
  reason: null,
  attempts: 1,
});

export async function put(
  count: number,
  changes: (n: number) => Partial<Omit<DeadLetter, 'queueId'>>,
  to = own.queueId,
) {
  const letters = manyLetters(count, changes, `s${(scans += 1)}`);
  await own.store.index.ingest({ queueId: to, letters, scan: `${scans}` });
  return letters.map(({ letter }) => letter);
}

export function factsAt(changes: Partial<GivenFacts> = {}) {
  return createFacts({
    store: own.store,
    now,
    lastAt: now - 30_000,
    lastPlace: null,
    news: [],
    log: createArrivalLog(hour),
    isConfigured: () => true,
    lagEveryMs: () => 30_000,
    text: (said) => said,
    baselineOf: () => 0,
    ...changes,
  });
}

export async function measured(rule: AlertRule, facts = factsAt(), standing: readonly Alert[] = []) {
  return measure(rule, facts, standing, createUsuals());
}

export async function first(rule: AlertRule, facts = factsAt()): Promise<Observation | undefined> {
  return (await measured(rule, facts))[0];
}
