import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, onTestFinished, test } from 'vitest';
import { describeAlertClauses } from '#server/store/testing/alert-clauses.ts';
import { describeArchiveClauses } from '#server/store/testing/archive-clauses.ts';
import { describeAuditClauses } from '#server/store/testing/audit-clauses.ts';
import { describeIndexClauses } from '#server/store/testing/index-clauses.ts';
import { describeCountClauses } from '#server/store/testing/count-clauses.ts';
import { describeExpiryOrderClauses } from '#server/store/testing/expiry-order-clauses.ts';
import { describeExpiryClauses } from '#server/store/testing/expiry-clauses.ts';
import { describeFilterClauses } from '#server/store/testing/filter-clauses.ts';
import { describeGroupClauses } from '#server/store/testing/group-clauses.ts';
import { describeLedgerClauses } from '#server/store/testing/ledger-clauses.ts';
import { describeMeasureClauses } from '#server/store/testing/measure-clauses.ts';
import { describeRequestClauses } from '#server/store/testing/request-clauses.ts';
import { describeReturnClauses } from '#server/store/testing/return-clauses.ts';
import { describePlanningClauses } from '#server/store/testing/planning-clauses.ts';
import { describeSelectionClauses } from '#server/store/testing/selection-clauses.ts';
import { describeSearchClauses } from '#server/store/testing/search-clauses.ts';
import { describeSharingClauses } from '#server/store/testing/sharing-clauses.ts';
import { describeSplitClauses } from '#server/store/testing/split-clauses.ts';
import { describeTriageClauses } from '#server/store/testing/triage-clauses.ts';
import { describeUnsearchedClauses } from '#server/store/testing/unsearched-clauses.ts';
import { describeWatchClauses } from '#server/store/testing/watch-clauses.ts';
import type { Clauses, StoreHarness } from '#server/store/testing/clauses.ts';
import type { Store } from '#server/store/store.ts';

/** The guarantees of `store.ts`, proven on one kind of store. With CONFORMANCE_REPORT a line of NDJSON a clause is appended to that file. */
export function describeStoreConformance(createHarness: () => StoreHarness): void {
  const harness = createHarness();
  describe(`store conformance: ${harness.label}`, () => {
    let store: Store;
    beforeAll(async () => {
      store = await harness.open();
    });
    afterAll(async () => {
      await store.close();
      harness.remove();
    });

    const clause: Clauses['clause'] = (name, body) =>
      test(name, async () => {
        onTestFinished(({ task }) => report(harness.label, name, task.result?.state === 'fail' ? 'failed' : 'passed'));
        await body(store);
      });
    const clauses: Clauses = { clause, harness };
    describeIndexClauses(clauses);
    describeCountClauses(clauses);
    describeExpiryClauses(clauses);
    describeExpiryOrderClauses(clauses);
    describeFilterClauses(clauses);
    describeSearchClauses(clauses);
    describeUnsearchedClauses(clauses);
    describeGroupClauses(clauses);
    describeSelectionClauses(clauses);
    describePlanningClauses(clauses);
    describeRequestClauses(clauses);
    describeLedgerClauses(clauses);
    describeAuditClauses(clauses);
    describeAlertClauses(clauses);
    describeArchiveClauses(clauses);
    describeReturnClauses(clauses);
    describeSplitClauses(clauses);
    describeTriageClauses(clauses);
    describeWatchClauses(clauses);
    describeMeasureClauses(clauses);
    describeSharingClauses(clauses);
  });
}

function report(label: string, clause: string, result: 'passed' | 'failed'): void {
  const file = process.env['CONFORMANCE_REPORT'];
  if (file) appendFileSync(file, `${JSON.stringify({ driver: `store ${label}`, clause, result })}\n`);
}
