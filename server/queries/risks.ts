import type { RisksResponse } from '#lib/api/risks.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readRiskRecord } from '#server/watch/risks/risk-record.ts';

/** What was found risky at the last look, by connection. */
export async function readRisks({ store }: Runtime): Promise<RisksResponse> {
  const connections = await store.index.listConnections();
  return { connections: await Promise.all(connections.map(({ name }) => readRiskRecord(store.watch, name))) };
}
