import type { RisksResponse } from '#lib/api/risks.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { readRiskRecord } from '#server/watch/risks/risk-record.ts';

/** What was found risky at the last look, by connection; what was found on one that is no longer configured concerns nobody. */
export async function readRisks({ store, settings }: Pick<Runtime, 'store' | 'settings'>): Promise<RisksResponse> {
  const known = await store.index.listConnections();
  const connections = known.filter(({ name }) => settings?.connections.some((each) => each.name === name) ?? true);
  return { connections: await Promise.all(connections.map(({ name }) => readRiskRecord(store.watch, name))) };
}
