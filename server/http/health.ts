import { toErrorRecord } from '#lib/domain/errors.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** The engine says every few seconds that it lives. */
const engineSilenceMaxMs = 30_000;

/** 200 when the console can do its work, 503 with the reason when it cannot. A broker that cannot be reached does not make the console ill. */
export async function readHealth({ store, clock, version, engineSeenAt }: Runtime): Promise<Response> {
  const seenAt = engineSeenAt();
  const engine = seenAt !== null && clock.now() - seenAt < engineSilenceMaxMs ? 'live' : 'silent';
  let storeHealth = 'live';
  let connections: Record<string, string> = {};
  try {
    connections = Object.fromEntries(
      (await store.index.listConnections()).map(({ name, health }) => [name, health.kind]),
    );
  } catch (error) {
    storeHealth = toErrorRecord(error).message;
  }
  const isWell = engine === 'live' && storeHealth === 'live';
  const body = { status: isWell ? 'ok' : 'failing', version, engine, store: storeHealth, connections };
  return Response.json(body, { status: isWell ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}
