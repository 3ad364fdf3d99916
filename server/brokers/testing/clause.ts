import { appendFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import type { BrokerDriver } from '#server/brokers/driver.ts';
import type { DriverHarness } from '#server/brokers/testing/harness.ts';

/** A guarantee of the contract in words, and its proof. The words are the same for every driver. */
export interface Clause {
  readonly name: string;
  /** Proven once a server and not for each variant of its queues. */
  readonly oncePerServer?: true;
  prove(context: ClauseContext): Promise<void>;
}

export interface ClauseContext {
  readonly harness: DriverHarness;
  /** The variant of queues under test; `undefined` is the server's usual one. */
  readonly variant: string | undefined;
  /** Shared by the clauses: one that closes a driver opens its own. */
  readonly driver: BrokerDriver;
  /** Never aborted. */
  readonly signal: AbortSignal;
  /** Marks the row: what was asserted is that the driver refuses what its broker cannot do. */
  refused(): void;
}

/** A row of the table driver × clause, as a line of JSON in the file that `CONFORMANCE_REPORT` names. */
export interface ConformanceRow {
  readonly driver: string;
  readonly clause: string;
  readonly result: 'passed' | 'failed' | 'refused' | 'server cannot';
  readonly reason?: string;
}

/** Makes the clause a test. Where the server is declared unable, the clause must fail: a declaration that outlived its reason is a failure. */
export function testClause(
  clause: Clause,
  subject: Omit<ClauseContext, 'refused' | 'driver'> & { driver: () => BrokerDriver },
): void {
  const { harness, variant, signal } = subject;
  const row = { driver: variant === undefined ? harness.label : `${harness.label} ${variant}`, clause: clause.name };
  const inability = harness.serverCannot[clause.name];

  test(clause.name, async () => {
    let refused = false;
    onTestFinished(({ task }) => {
      if (task.result?.state !== 'pass') report({ ...row, result: 'failed' });
      else if (inability !== undefined) report({ ...row, result: 'server cannot', reason: inability });
      else report({ ...row, result: refused ? 'refused' : 'passed' });
    });
    const proof = clause.prove({ harness, variant, signal, driver: subject.driver(), refused: () => (refused = true) });
    if (inability === undefined) return await proof;
    await expect(
      proof,
      `"${clause.name}" holds on ${harness.label} after all: take it out of serverCannot (${inability}).`,
    ).rejects.toThrow();
  });
}

function report(row: ConformanceRow): void {
  const file = process.env['CONFORMANCE_REPORT'];
  if (file !== undefined && file !== '') appendFileSync(file, `${JSON.stringify(row)}\n`);
}

/** For what a harness answers with `null`: fails, as a clause that its server is declared unable of has to. */
export function provided<T>(thing: T | null, what: string): T {
  if (thing === null)
    throw new Error(`The harness has no ${what}. Declare this clause in serverCannot, with the reason.`);
  return thing;
}
