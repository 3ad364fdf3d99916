import type { SettingsResponse } from '#lib/api/settings.ts';
import { everything } from '#lib/filter/filter.ts';
import { engineIsLive } from '#server/http/engine-health.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** So many of the newest dead letters are looked at for the conventions that they speak. */
const lookedAt = 500;

/** What is configured and in force, and how each connection is doing. */
export async function readSettings(runtime: Runtime): Promise<SettingsResponse> {
  const { store, clock, settings } = runtime;
  const asOf = clock.now();
  const [known, { messages }] = await Promise.all([
    store.index.listConnections(),
    store.index.listMessages({ filter: everything, range: { from: null, to: null }, cursor: null, limit: lookedAt }),
  ]);
  const names = settings && new Set(settings.connections.map(({ name }) => name));
  const counts = new Map<string, number>();
  for (const { name } of messages.flatMap(({ conventions }) => conventions.slice(0, 1)))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  const seenAt = runtime.engineSeenAt();
  return {
    asOf,
    version: runtime.version,
    startedAt: runtime.startedAt ?? null,
    engine: { state: engineIsLive(seenAt, asOf) ? 'live' : 'silent', seenAt },
    connections: names ? known.filter(({ name }) => names.has(name)) : known,
    settings: settings ?? null,
    conventionsFound: {
      among: messages.length,
      conventions: [...counts].map(([name, count]) => ({ name, count })).toSorted((a, b) => b.count - a.count),
    },
  };
}
