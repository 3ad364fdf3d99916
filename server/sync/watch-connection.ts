import { type ErrorRecord, toErrorRecord } from '#lib/domain/errors.ts';
import type { Connection, ConnectionHealth } from '#lib/domain/queue.ts';
import type { BrokerDriver, BrokerInfo, DiscoveredQueue } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { failed, type Say } from '#server/log/log.ts';
import type { Store } from '#server/store/store.ts';
import { pause } from '#server/sync/repeat.ts';

export interface WatchConnectionDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly connection: Pick<Connection, 'name' | 'kind' | 'address'> & { readonly driver: BrokerDriver };
  readonly discoverEveryMs: number;
  /** Told instead of a failure; see `Sync.explain`. */
  explanation(): ConnectionHealth | null;
  /** The queues that are there, again and again. */
  found(queues: readonly DiscoveredQueue[]): void;
  readonly say: Say;
}

export interface ConnectionWatch {
  /** Looks at once. */
  wake(): void;
  /** Settles when the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/** A broker that hangs says nothing: it is asked so often, besides all that it is asked for its queues. */
const checkEveryMs = 5_000;
/** One that is not there is asked so often, so that it appears as soon as it is up. */
const missingEveryMs = 1_000;

/**
 * Whether a connection answers, and which queues it has. The two are looked at side by side: a search for queues that waits for a broker that hangs does
 * not keep anybody from saying so.
 */
export function createConnectionWatch(dependencies: WatchConnectionDependencies): ConnectionWatch {
  const { store, clock, say, discoverEveryMs } = dependencies;
  const { driver, name, kind, address } = dependencies.connection;
  const about = { connection: name };
  const alarms = { check: new AbortController(), discovery: new AbortController() };
  let info: BrokerInfo | null = null;
  let isFound = false;
  const trouble: { check: unknown; discovery: unknown } = { check: null, discovery: null };
  const since: { live: number | null; failing: number | null } = { live: null, failing: null };

  /** What came of a look, with what the other one found. Live is who answers and whose queues are known. */
  async function tell(begunAt: number): Promise<void> {
    const error = trouble.check ?? trouble.discovery;
    if (error !== null) await tellFailing(error, begunAt);
    else if (info !== null && isFound) await tellLive(info);
  }

  async function tellLive({ product, version, notes }: BrokerInfo): Promise<void> {
    const isBack = since.failing !== null;
    since.live ??= clock.now();
    since.failing = null;
    await save({ kind: 'live', product, version, notes, since: since.live });
    if (isBack) say(`connection ${name}: it is reached`, about);
  }

  async function tellFailing(error: unknown, begunAt: number): Promise<void> {
    const isNew = since.failing === null;
    since.failing ??= begunAt;
    since.live = null;
    await save(dependencies.explanation() ?? { kind: 'failing', error: toErrorRecord(error), since: since.failing });
    // Said once, and not of a broker of the sandbox that is just coming up.
    if (isNew && dependencies.explanation() === null) say(...failed(`connection ${name}`, error, about));
  }

  /** Where the store takes nothing, these loops are all that can still tell of it, and they must go on. */
  async function save(health: ConnectionHealth): Promise<void> {
    await store.index
      .saveConnections([{ name, kind, address, health, checkedAt: clock.now() }])
      .catch((refused: unknown) => say(...failed(`sync of ${name}`, refused, about)));
  }

  async function check(signal: AbortSignal): Promise<void> {
    const begunAt = clock.now();
    const wasTrouble = trouble.check !== null;
    try {
      info = await driver.check(signal);
      trouble.check = null;
    } catch (error) {
      if (isCancelled(error)) return;
      trouble.check = error;
    }
    if (wasTrouble !== (trouble.check !== null) || trouble.check !== null) await tell(begunAt);
    // Queues are looked for as soon as somebody answers.
    if (trouble.check === null && (wasTrouble || !isFound)) alarms.discovery.abort();
  }

  async function discover(signal: AbortSignal): Promise<void> {
    // Nothing is to be learned of who does not answer.
    if (info === null || trouble.check !== null) return;
    const begunAt = clock.now();
    try {
      const queues = await driver.discover(signal);
      await store.index.saveQueues(
        name,
        queues.map((queue) => ({ ...queue, kind })),
      );
      isFound = true;
      trouble.discovery = null;
      await tell(begunAt);
      dependencies.found(queues);
    } catch (error) {
      if (isCancelled(error)) return;
      trouble.discovery = error;
      await tell(begunAt);
    }
  }

  async function again(
    what: 'check' | 'discovery',
    everyMs: () => number,
    work: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      alarms[what] = new AbortController();
      await work(signal);
      await pause(everyMs(), AbortSignal.any([signal, alarms[what].signal]));
    }
  }

  return {
    wake: () => {
      alarms.check.abort();
      alarms.discovery.abort();
    },
    async run(signal) {
      const checkMs = () => (trouble.check === null ? Math.min(checkEveryMs, discoverEveryMs) : missingEveryMs);
      const discoveryMs = () => (isFound && trouble.discovery === null ? discoverEveryMs : missingEveryMs);
      await Promise.all([again('check', checkMs, check, signal), again('discovery', discoveryMs, discover, signal)]);
    },
  };
}

function isCancelled(error: unknown): boolean {
  const { code }: ErrorRecord = toErrorRecord(error);
  return code === 'cancelled';
}
