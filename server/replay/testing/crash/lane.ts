import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { usualOptions, type Replay } from '#lib/domain/replay.ts';
import { canReplayGo } from '#lib/replay/transitions.ts';
import { systemClock } from '#server/clock.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import type { CrashQueues } from '#server/replay/testing/crash/crash-site.ts';
import {
  ballastFile,
  connectionName,
  type EngineProcess,
  startEngineProcess,
} from '#server/replay/testing/crash/engine-process.ts';
import type { Fault } from '#server/replay/testing/crash/fault.ts';
import { type Arrived, judgeRun, type Verdict } from '#server/replay/testing/crash/judge-run.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';

/** One dead-letter queue and an engine of its own, for one run after the other: the engine that put the last one right is struck in the next. */
export interface Lane {
  readonly queues: CrashQueues;
  readonly folder: string;
  readonly store: Store;
  readonly engine: EngineProcess;
  /** From the confirmation to its end, of the last run that nobody disturbed. */
  readonly usualMs: number;
  /** Kills the engine, and starts it anew when its lease has run out, struck by this fault. */
  restart(fault?: Fault | null): Promise<void>;
  /** Throws where a run cannot be begun or does not end. */
  run(strike: Strike): Promise<RunReport>;
  /** After a run that did not end: nothing of it is left for the next one. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** What is done to a run. */
export interface Strike {
  /** Met while the plan is made: the operator asks again after the restart. */
  readonly whilePlanning?: Fault;
  /** Begins just before the operator confirms, and goes on until the trouble is over and an engine lives. */
  disturb?(lane: Lane, confirm: () => Promise<Replay>): Promise<void>;
  /** Whether the broker may be left without an answer to a send. */
  readonly answersGetLost: boolean;
}

export interface RunReport extends Verdict {
  /** How often the replay stopped and waited for its operator, who let it go on. */
  readonly stops: number;
  readonly tookMs: number;
}

/** A batch is what is sent in a fifth of a second. */
const ratePerSecond = 100;
const batchMessages = 20;
const distinctMessages = 52;
const equalPairs = 4;

/** Longer than the lease of a replay. */
const leaseOverMs = 16_000;
const restsWithinMs = 90_000;
const readWithinMs = 60_000;
const askAgainMs = 25_000;
const pollMs = 20;
/** What a broker hides from others after a kill comes back by itself. */
const accountedWithinMs = 30_000;

export async function openLane(queues: CrashQueues, folder: string): Promise<Lane> {
  const store = openSqliteStore({ folder, role: 'writer' });
  const queueId = `${connectionName}/${queues.name}`;
  let aheadMs = 0;
  let usualMs = 1_000;
  const start = (fault: Fault | null) => startEngineProcess({ folder, connection: queues.connection, aheadMs, fault });
  let engine = await start(null);
  await until(readWithinMs, 'the queue was found', async () =>
    (await store.index.listQueues()).some((queue) => queue.id === queueId),
  );

  const lane: Lane = {
    queues,
    folder,
    store,
    get engine() {
      return engine;
    },
    get usualMs() {
      return usualMs;
    },
    async restart(fault = null) {
      await engine.kill();
      aheadMs += leaseOverMs;
      engine = await start(fault);
    },
    run,
    async clear() {
      queues.proxy().passAgain();
      await rm(join(folder, ballastFile), { force: true });
      for (const { id, state } of await store.ledger.listActiveReplays())
        if (canReplayGo(state, 'cancelled'))
          await store.ledger.setReplayState(id, { state: 'cancelled', at: systemClock.now() });
      await lane.restart();
      await queues.takeArrived();
      await queues.takeDeadLetters();
    },
    async close() {
      await engine.kill();
      await store.close();
    },
  };
  return lane;

  async function run(strike: Strike): Promise<RunReport> {
    const bodies = bodiesOf(randomUUID());
    await queues.put(bodies);
    const contents = await readInto(new Set(bodies), bodies.length);
    if (strike.whilePlanning) {
      await engine.arm(strike.whilePlanning);
      // Its answer never comes; the request itself is taken up again when its lease is over.
      await store.ledger.submitRequest(planRequest([...contents.keys()]), 'test', systemClock.now());
      await until(readWithinMs, 'the engine died', async () => engine.isDead);
      await lane.restart();
    }
    const planned = await plan([...contents.keys()]);
    const begun = performance.now();
    const confirm = () => store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', systemClock.now());
    await (strike.disturb ? strike.disturb(lane, confirm) : confirm());
    const { replay, stops } = await comeToRest(planned.id);
    const tookMs = performance.now() - begun;
    if (!strike.disturb) usualMs = tookMs;

    // As the next look at the queue does: of equal messages only a read tells which ones are left.
    if (queues.removes) await ask({ kind: 'sync', queueId, insist: true }).catch(() => undefined);
    const judged = {
      removes: queues.removes,
      put: bodies,
      replayState: replay.state,
      items: await itemsOf(replay, contents),
      // A send that stopped the replay may be without its answer, too.
      unknownMax: queues.proves ? 0 : batchMessages * (stops + (strike.answersGetLost ? 1 : 0)),
    };
    const arrived: Arrived[] = [];
    const deadLetters: string[] = [];
    // What is neither here nor there yet may be hidden for a moment; what came is there at once.
    const deadline = performance.now() + accountedWithinMs;
    let verdict: Verdict;
    do {
      arrived.push(...(await queues.takeArrived()));
      deadLetters.push(...(await queues.takeDeadLetters()));
      verdict = judgeRun({ ...judged, arrived, deadLetters });
    } while (verdict.lost > 0 && performance.now() < deadline);
    return { ...verdict, stops, tookMs };
  }

  /** Has the queue read until all of these are in the index; answers their contents by message id. */
  async function readInto(bodies: ReadonlySet<string>, count: number): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    let trouble = 'no trouble';
    const what = () => `${found.size} of ${count} were read (${trouble})`;
    await until(readWithinMs, what, async () => {
      await ask({ kind: 'sync', queueId, insist: true }, askAgainMs).catch((error: unknown) => {
        trouble = error instanceof Error ? error.message : String(error);
      });
      const page = await store.index.listMessages({
        filter: {
          kind: 'and',
          terms: [
            { kind: 'queue', pattern: queueId },
            { kind: 'state', state: 'new' },
          ],
        },
        range: { from: null, to: null },
        cursor: null,
        limit: 1_000,
      });
      for (const { id } of page.messages) {
        if (found.has(id)) continue;
        const body = new TextDecoder().decode((await store.index.getMessage(id)).raw.body ?? undefined);
        if (bodies.has(body)) found.set(id, body);
      }
      return found.size === count;
    });
    return found;
  }

  function ask(request: Parameters<typeof askEngine>[1], withinMs = readWithinMs): ReturnType<typeof askEngine> {
    return askEngine({ store, clock: systemClock }, request, 'test', withinMs);
  }

  async function plan(messageIds: readonly string[]): Promise<Replay> {
    const { replayId } = await ask(planRequest(messageIds));
    const planned = await store.ledger.getReplay(replayId ?? '');
    if (planned.plan.willSend !== messageIds.length)
      throw new Error(`Only ${planned.plan.willSend} would be sent: ${JSON.stringify(planned.plan.refusals)}`);
    return planned;
  }

  /** As an operator does, a replay that has stopped is told to go on. */
  async function comeToRest(id: string): Promise<{ replay: Replay; stops: number }> {
    let stops = 0;
    await until(restsWithinMs, 'the replay came to rest', async () => {
      if (engine.isDead) throw new Error(`The engine died by itself: ${engine.said.join('\n')}`);
      const { state, account } = await store.ledger.getReplay(id);
      if (state === 'stopped') {
        stops += 1;
        await store.ledger.setReplayState(id, { state: 'queued', at: systemClock.now() });
      }
      return state === 'settled' && account.intended + account.sent === 0;
    });
    return { replay: await store.ledger.getReplay(id), stops };
  }

  async function itemsOf(replay: Replay, contents: ReadonlyMap<string, string>) {
    const items = await store.ledger.listItems(replay.id, { after: null, limit: 1_000 });
    const letters = new Map(
      (await store.index.getMessages(items.map((item) => item.messageId))).map((letter) => [letter.id, letter.state]),
    );
    return items.map(({ id, messageId, state, reason }) => ({
      id,
      code: reason?.code ?? null,
      content: contents.get(messageId) ?? '',
      state,
      letterState: letters.get(messageId) ?? 'gone',
    }));
  }
}

function planRequest(messageIds: readonly string[]) {
  return {
    kind: 'plan' as const,
    selection: { kind: 'messages' as const, messageIds },
    options: { ...usualOptions, ratePerSecond },
  };
}

/** Most of them different, and some that are equal to the byte. */
function bodiesOf(run: string): readonly string[] {
  const distinct = Array.from({ length: distinctMessages }, (_, number) => JSON.stringify({ run, number }));
  const equal = Array.from({ length: equalPairs }, (_, pair) => JSON.stringify({ run, pair }));
  return [...equal, ...distinct, ...equal];
}

/** Waits for a condition; one that takes too long is an error that names it. */
export async function until(
  withinMs: number,
  what: string | (() => string),
  holds: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) {
      const wanted = typeof what === 'string' ? what : what();
      throw new Error(`It did not happen within ${withinMs / 1_000} s: ${wanted}.`);
    }
    await delay(pollMs);
  }
}
