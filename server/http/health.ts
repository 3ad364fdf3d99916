import type { HealthResponse, ReadinessResponse } from '#lib/api/health.ts';
import type { Connection } from '#lib/domain/queue.ts';
import { engineIsLive } from '#server/http/engine-health.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { describeError } from '#server/log/log.ts';

/** 200 when the console can do its work, 503 with the reason when it cannot. A broker that cannot be reached does not make the console ill. */
export async function readHealth(runtime: Runtime): Promise<Response> {
  const { clock, version, engineSeenAt } = runtime;
  const engine = engineIsLive(engineSeenAt(), clock.now()) ? 'live' : 'silent';
  const { store, connections } = await readConnections(runtime);
  const isWell = engine === 'live' && store === 'live';
  const body: HealthResponse = {
    status: isWell ? 'ok' : 'failing',
    version,
    engine,
    store,
    connections: Object.fromEntries(
      connections.map(({ name, health }) => [name, engine === 'live' ? health.kind : 'unknown']),
    ),
    details: connections.map(({ name, kind, health, checkedAt }) => ({
      name,
      kind,
      ...(engine === 'live' ? stateOf(health) : lastSeenOf(health)),
      checkedAt,
    })),
  };
  return answer(body, isWell);
}

/** The process answers; nobody else is asked, so that a store or a broker in trouble is no reason to start the process again. */
export function readLiveness({ version }: Pick<Runtime, 'version'>): Response {
  return answer({ status: 'ok', version }, true);
}

/** Whether what a page shows is true by now: 503, and what is missing, until then. A connection that fails was looked at, too. */
export async function readReadiness(runtime: Runtime): Promise<Response> {
  const { clock, engineSeenAt, settings, startedAt = 0 } = runtime;
  const { store, connections } = await readConnections(runtime);
  const waitingFor: string[] = [];
  if (store !== 'live') waitingFor.push(`The store does not answer: ${store}`);
  if (!engineIsLive(engineSeenAt(), clock.now())) waitingFor.push('The engine has not told that it runs.');
  const seen = new Map(connections.map((connection) => [connection.name, connection]));
  const names = settings?.connections.map(({ name }) => name) ?? connections.map(({ name }) => name);
  for (const name of names) {
    if (store === 'live' && !wasLookedAt(seen.get(name), startedAt))
      waitingFor.push(`The connection ${name} has not been looked at since the start.`);
  }
  const body: ReadinessResponse = { status: waitingFor.length === 0 ? 'ready' : 'waiting', waitingFor };
  return answer(body, waitingFor.length === 0);
}

function wasLookedAt(connection: Connection | undefined, startedAt: number): boolean {
  if (!connection || connection.health.kind === 'starting') return false;
  return connection.checkedAt !== null && connection.checkedAt >= startedAt;
}

/** Those that are configured now: the store remembers others. */
async function readConnections({
  store,
  settings,
}: Runtime): Promise<{ readonly store: string; readonly connections: readonly Connection[] }> {
  const names = settings && new Set(settings.connections.map(({ name }) => name));
  try {
    const known = await store.index.listConnections();
    return { store: 'live', connections: names ? known.filter(({ name }) => names.has(name)) : known };
  } catch (error) {
    return { store: describeError(error).message, connections: [] };
  }
}

type State = Pick<HealthResponse['details'][number], 'state' | 'reason' | 'code' | 'since'>;

function stateOf(health: Connection['health']): State {
  return { state: health.kind, ...reasonOf(health), since: sinceOf(health) };
}

/** The store still says what the engine found when it last looked. */
function lastSeenOf(health: Connection['health']): State {
  const { reason, code } = reasonOf(health);
  const then = `The engine is silent, so nobody looks. At its last look the connection was ${health.kind}`;
  return { state: 'unknown', reason: reason === null ? `${then}.` : `${then}: ${reason}`, code, since: null };
}

function reasonOf(health: Connection['health']): Pick<HealthResponse['details'][number], 'reason' | 'code'> {
  switch (health.kind) {
    case 'live':
      return { reason: null, code: null };
    case 'starting':
      return { reason: health.step, code: null };
    case 'failing':
      return { reason: health.error.message, code: health.error.code };
    case 'not-started':
      return { reason: `${health.reason} ${health.remedy}`, code: null };
  }
}

function sinceOf(health: Connection['health']): number | null {
  if (health.kind === 'live') return health.since ?? null;
  return health.kind === 'failing' ? health.since : null;
}

function answer(body: object, isWell: boolean): Response {
  return Response.json(body, { status: isWell ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}
