import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import type { Queue, ReadCost } from '#lib/domain/queue.ts';
import type { BrokerDriver, QueueFacts } from '#server/brokers/driver.ts';
import type { Clock } from '#server/clock.ts';
import { failed, type Say } from '#server/log/log.ts';
import type { Store } from '#server/store/store.ts';
import type { QueueGate } from '#server/sync/queue-gate.ts';
import type { ReadLetterOptions } from '#server/sync/read-letter.ts';
import { heldOf, readQueue } from '#server/sync/read-queue.ts';
import type { Turns } from '#server/sync/turns.ts';

export interface WatchQueueDependencies {
  readonly store: Store;
  readonly driver: BrokerDriver;
  readonly clock: Clock;
  readonly gate: QueueGate;
  readonly turns: Turns;
  readonly scanLimit: number;
  readonly reading?: ReadLetterOptions | undefined;
  /** The least time between two automatic scans of a queue whose messages a scan touches. */
  readonly scanEveryMs: number;
  /** Takes a failure that cannot be shown as the reader's state, because the store refused that too. */
  readonly say: Say;
}

export interface QueueWatch {
  /** Looks whether something changed and reads it if so. Never throws: what the broker does is the reader's state. */
  look(signal: AbortSignal): Promise<void>;
  /** Reads now because a person asked; throws what the driver throws. */
  readNow(insist: boolean, signal: AbortSignal): Promise<void>;
  /** Whether all that was in the queue at that instant was seen since, as far as it can be. Where it was not, a look sees to it, after the pause that scans keep. */
  lookedSince(at: number): boolean;
  /** Somebody asked, and it was not seen yet. */
  readonly isWaitedFor: boolean;
}

/** Scans by themselves stop while this many reads are left before a delivery limit would destroy messages; the rest is for people. */
const readsKeptForPeople = 10;

/** Where each read counts against a limit, scans by themselves come so many times more seldom. */
const countedPause = 10;

/** Counts that stay equal say little: such a queue is scanned again after so many pauses, and after so many times as long as its last scan took. */
const restPauses = 10;
const restScans = 100;

export function createQueueWatch(dependencies: WatchQueueDependencies, queueId: string): QueueWatch {
  const { store, driver, clock, gate } = dependencies;
  let scannedAt = Number.NEGATIVE_INFINITY;
  let scanTookMs = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let wantedAt = Number.NEGATIVE_INFINITY;
  let failingSince: number | null = null;
  let said = '';

  async function read(queue: Queue, facts: QueueFacts, insist: boolean, signal: AbortSignal): Promise<void> {
    const begunAt = clock.now();
    scannedAt = begunAt;
    await readQueue(dependencies, queue, { facts, insist }, signal);
    // A scan that took long is followed by a longer pause: most of the time the messages belong to their consumers.
    scannedAt = clock.now();
    scanTookMs = scannedAt - begunAt;
    lookedAt = begunAt;
    failingSince = null;
  }

  /** Whether an equal mark is no reason to leave the queue alone. */
  function isDueAnyway(facts: QueueFacts, { syncedAt }: Queue): boolean {
    if (provesAll(facts)) return false;
    // Also where it seems to be empty: counts may lag.
    if (wantedAt > lookedAt) return true;
    const restMs = Math.max(restPauses * dependencies.scanEveryMs, restScans * scanTookMs);
    return !isEmpty(facts) && clock.now() - Math.max(scannedAt, syncedAt ?? scannedAt) >= restMs;
  }

  async function noteFailure(error: unknown): Promise<void> {
    const record = toErrorRecord(error);
    if (record.code === 'cancelled') return;
    // Nobody will see what is in it.
    if (record.code === 'not_found' || record.code === 'forbidden') lookedAt = clock.now();
    failingSince ??= clock.now();
    const reader =
      record.code === 'not_found'
        ? ({ kind: 'missing' } as const)
        : ({ kind: 'failing', error: record, since: failingSince } as const);
    await saveIfChanged(store, await store.index.getQueue(queueId), { reader });
  }

  /** A store that refuses is met at every look: one line is enough until it says something else. */
  function sayOnce(error: unknown): void {
    const [line, about] = failed(`sync of ${queueId}`, error, { queueId });
    if (line !== said) dependencies.say(line, about);
    said = line;
  }

  async function lookAlone(signal: AbortSignal): Promise<void> {
    const queue = await store.index.getQueue(queueId);
    const begunAt = clock.now();
    const facts = await driver.inspect(queue.name, signal);
    const { changeMark } = await store.index.getSyncState(queueId);
    const status = {
      capabilities: facts.capabilities,
      retention: facts.retention,
      depth: facts.depth,
      ...heldOf(facts),
    };
    if (facts.refusal) {
      lookedAt = begunAt;
      await saveIfChanged(store, queue, { ...status, reader: { kind: 'refused', refusal: facts.refusal } });
      return;
    }
    const isKnown =
      changeMark === facts.changeMark && queue.reader.kind !== 'syncing' && queue.reader.kind !== 'failing';
    if (isKnown && !isDueAnyway(facts, queue)) {
      if (provesAll(facts)) lookedAt = begunAt;
      await saveIfChanged(
        store,
        queue,
        queue.reader.kind === 'live' || queue.reader.kind === 'partial'
          ? status
          : { ...status, reader: { kind: 'live' } },
      );
      return;
    }
    if (facts.capabilities.browse !== 'log') {
      const cost = countedReads(facts);
      if (cost?.readsLeft !== undefined && cost.readsLeft < readsKeptForPeople) {
        lookedAt = begunAt;
        await saveIfChanged(store, queue, {
          ...status,
          reader: { kind: 'refused', refusal: automaticReadsStopped(cost) },
        });
        return;
      }
      const pauseMs = cost ? dependencies.scanEveryMs * countedPause : dependencies.scanEveryMs;
      if (clock.now() - scannedAt < pauseMs) {
        await saveIfChanged(store, queue, status);
        return;
      }
    }
    await saveIfChanged(store, queue, status);
    await read(queue, facts, false, signal);
  }

  return {
    async look(signal) {
      try {
        await gate.alone(queueId, () => lookAlone(signal));
      } catch (error) {
        await noteFailure(error).catch(sayOnce);
      }
    },
    async readNow(insist, signal) {
      await gate.alone(queueId, async () => {
        const queue = await store.index.getQueue(queueId);
        const facts = await driver.inspect(queue.name, signal);
        if (facts.refusal && !(insist && facts.refusal.canInsist)) {
          throw new AppError(
            'would_destroy',
            `${queue.name} was not read. ${facts.refusal.reason} ${facts.refusal.remedy}`,
            { details: { canInsist: facts.refusal.canInsist } },
          );
        }
        await store.index.saveQueueStatus(queueId, { capabilities: facts.capabilities, retention: facts.retention });
        await read(queue, facts, insist, signal);
      });
    },
    get isWaitedFor() {
      return wantedAt > lookedAt;
    },
    lookedSince(at) {
      if (lookedAt >= at) return true;
      wantedAt = Math.max(wantedAt, at);
      return false;
    },
  };
}

/** Whether an equal mark says that there is nothing new, or as much of it as is worth a read that counts against a limit. */
function provesAll(facts: QueueFacts): boolean {
  return !facts.countsOnly || countedReads(facts) !== undefined;
}

function isEmpty({ depth, heldByOthers }: QueueFacts): boolean {
  return depth.count === 0 && heldByOthers === 0;
}

function countedReads(facts: QueueFacts): ReadCost | undefined {
  return facts.capabilities.costs.find((cost) => cost.code === 'uses-delivery-limit');
}

function automaticReadsStopped(cost: ReadCost) {
  return {
    code: 'delivery-limit' as const,
    reason: `${cost.text} It is no longer read by itself.`,
    remedy: 'Read it when you need it, or set a policy with a larger delivery-limit (-1 on RabbitMQ 4) for this queue.',
    canInsist: true,
  };
}

/** Depth and costs are asked for every few seconds and rarely differ: writing only differences keeps browsers quiet. */
async function saveIfChanged(
  store: Store,
  queue: Queue,
  status: Parameters<Store['index']['saveQueueStatus']>[1],
): Promise<void> {
  const known: Record<string, unknown> = { ...queue };
  const differs = Object.entries(status).some(([key, value]) => JSON.stringify(known[key]) !== JSON.stringify(value));
  if (differs) await store.index.saveQueueStatus(queue.id, status);
}
