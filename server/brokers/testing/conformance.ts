import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import { browseClauses } from '#server/brokers/testing/browse-clauses.ts';
import { type Clause, testClause } from '#server/brokers/testing/clause.ts';
import { discoveryClauses } from '#server/brokers/testing/discovery-clauses.ts';
import { failureClauses } from '#server/brokers/testing/failure-clauses.ts';
import { fidelityClauses } from '#server/brokers/testing/fidelity-clauses.ts';
import type { DriverHarness } from '#server/brokers/testing/harness.ts';
import { holdClauses } from '#server/brokers/testing/hold-clauses.ts';
import { lagClauses } from '#server/brokers/testing/lag-clauses.ts';
import { moveAllClauses } from '#server/brokers/testing/move-all-clauses.ts';
import { publishClauses } from '#server/brokers/testing/publish-clauses.ts';
import { releaseClauses } from '#server/brokers/testing/release-clauses.ts';
import { topologyClauses } from '#server/brokers/testing/topology-clauses.ts';

/** What `BrokerDriver` promises, by concern. */
const concerns: Readonly<Record<string, readonly Clause[]>> = {
  finding: discoveryClauses,
  browsing: browseClauses,
  fidelity: fidelityClauses,
  'giving back': releaseClauses,
  holding: holdClauses,
  publishing: publishClauses,
  'moving all': moveAllClauses,
  'telling the topology': topologyClauses,
  lag: lagClauses,
  failing: failureClauses,
};

/**
 * Proves a driver on a real server: every clause on the usual queues, and those about queues again on each variant. The harness is
 * closed at the end. With `CONFORMANCE_REPORT` set, a row for each clause is appended to that file.
 */
export function describeConformance(harness: DriverHarness): void {
  describe(`${harness.label} keeps the driver contract`, () => {
    afterAll(() => harness.close(), 60_000);

    test('every inability that the harness declares is a clause of the suite', () => {
      const names = Object.values(concerns).flatMap((clauses) => clauses.map(({ name }) => name));
      expect(new Set(names).size, 'Names of clauses exist once.').toBe(names.length);
      expect(Object.keys(harness.serverCannot).filter((name) => !names.includes(name))).toEqual([]);
    });

    const [usual, ...others] = harness.variants.length > 0 ? harness.variants : [undefined];
    describeVariant(harness, usual, () => true);
    for (const variant of others) describeVariant(harness, variant, (clause) => clause.oncePerServer !== true);
  });
}

function describeVariant(
  harness: DriverHarness,
  variant: string | undefined,
  applies: (clause: Clause) => boolean,
): void {
  describe(variant ?? 'usual queues', () => {
    let driver: BrokerDriver | undefined;
    beforeAll(() => {
      driver = harness.connect();
    });
    afterAll(() => driver?.close(), 60_000);

    for (const [concern, all] of Object.entries(concerns)) {
      const clauses = all.filter(applies);
      if (clauses.length === 0) continue;
      describe(concern, () => {
        for (const clause of clauses) testClause(clause, { harness, variant, driver: connected, signal: never });
      });
    }

    function connected(): BrokerDriver {
      if (driver === undefined) throw new Error('The driver is connected before the first clause.');
      return driver;
    }
  });
}

const never = new AbortController().signal;
