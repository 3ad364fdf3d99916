import { connectionRisks, type ConnectionRisks } from '#lib/api/risks.ts';
import type { WatchStore } from '#server/store/watch-store.ts';

const recordOf = (connection: string): string => `risks/${connection}`;

/** What was found on a connection; where nobody has looked yet, that. */
export async function readRiskRecord(watch: WatchStore, connection: string): Promise<ConnectionRisks> {
  const kept = await watch.getRecord(recordOf(connection));
  const known = kept && connectionRisks.safeParse(JSON.parse(kept.json)).data;
  return known ?? { connection, at: null, tookMs: null, queues: 0, risks: [], further: 0, notes: [], failing: null };
}

export async function saveRiskRecord(watch: WatchStore, risks: ConnectionRisks, at: number): Promise<void> {
  await watch.saveRecord(recordOf(risks.connection), JSON.stringify(risks), at);
}
