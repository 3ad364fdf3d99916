import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CrashQueues } from '#server/replay/testing/crash/crash-site.ts';
import { ballastFile } from '#server/replay/testing/crash/engine-process.ts';
import type { Fault } from '#server/replay/testing/crash/fault.ts';
import { type Lane, type Strike, until } from '#server/replay/testing/crash/lane.ts';

/** A row of the matrix. */
export interface Step {
  readonly name: string;
  /** Whether this kind of queue ever comes by it. */
  appliesTo?(queues: CrashQueues): boolean;
  /** Needs a lane on a file system that can be filled. */
  readonly onSmallDisk?: true;
  /** `random`: 0 ≤ x < 1. */
  strike(random: () => number, queues: CrashQueues): Strike;
}

const kill = (call: string, when: Fault['when'], more: Partial<Fault> = {}): Fault => ({
  call,
  when,
  nth: 1,
  what: 'kill',
  ...more,
});

/** There are at least three batches in a run. */
const anyBatch = (random: () => number) => ({ nth: 1 + Math.floor(random() * 3) });
/** What a log sent within a moment is shown, and settled, by one call. */
const anyShown = (random: () => number, queues: CrashQueues) => (queues.removes ? anyBatch(random) : { nth: 1 });
const removes = (queues: CrashQueues) => queues.removes;
const proves = (queues: CrashQueues) => queues.proves;

/** One kill for each life; the last engine lives. */
function killedAt(
  lives: (random: () => number, queues: CrashQueues) => readonly Fault[],
  answersGetLost = false,
): Step['strike'] {
  return (random, queues) => {
    const [first = null, ...others] = lives(random, queues);
    return {
      answersGetLost,
      async disturb(lane, confirm) {
        await lane.engine.arm(first);
        await confirm();
        await dead(lane);
        for (const fault of others) {
          await lane.restart(fault);
          await dead(lane);
        }
        await lane.restart();
      },
    };
  };
}

async function dead(lane: Lane): Promise<void> {
  await until(60_000, 'the engine died', async () => lane.engine.isDead);
}

const outcomeUnwritten = (random: () => number) => kill('driver.publish', 'after', anyBatch(random));
const outcomeWritten = (random: () => number) =>
  kill('ledger.recordItems', 'after', { state: 'sent', ...anyBatch(random) });

export const killSteps: readonly Step[] = [
  {
    name: 'plan half written',
    strike: () => ({ whilePlanning: kill('ledger.addPlanItems', 'after'), answersGetLost: false }),
  },
  {
    name: 'plan written',
    strike: () => ({ whilePlanning: kill('ledger.finishPlan', 'after'), answersGetLost: false }),
  },
  { name: 'confirmed, before the lease', strike: killedAt(() => [kill('ledger.leaseReplay', 'before')]) },
  { name: 'leased', strike: killedAt(() => [kill('ledger.leaseReplay', 'after')]) },
  {
    name: 'sending begun',
    strike: killedAt(() => [kill('ledger.setReplayState', 'after', { state: 'sending' })]),
  },
  { name: 'messages held', strike: killedAt(() => [kill('driver.hold', 'after')]) },
  {
    name: 'intent written',
    strike: killedAt((random) => [kill('ledger.intend', 'after', anyBatch(random))], true),
  },
  {
    name: 'send under way',
    strike: killedAt((random) => [kill('driver.publish', { duringMs: 1 + random() * 12 }, anyBatch(random))], true),
  },
  { name: 'confirmed by the broker', strike: killedAt((random) => [outcomeUnwritten(random)], true) },
  { name: 'outcome written', strike: killedAt((random) => [outcomeWritten(random)]) },
  {
    name: 'shown in the index',
    strike: killedAt((random, queues) => [kill('index.setStates', 'after', anyShown(random, queues))], true),
  },
  {
    name: 'removed from its queue',
    appliesTo: removes,
    strike: killedAt((random) => [kill('driver.remove', 'after', anyBatch(random))], true),
  },
  {
    name: 'settled written',
    strike: killedAt((random, queues) => [
      kill('ledger.recordItems', 'after', { state: 'settled', ...anyShown(random, queues) }),
    ]),
  },
  {
    name: 'all sent, before the watch',
    strike: killedAt(() => [kill('ledger.setReplayState', 'before', { state: 'watching' })]),
  },
  {
    name: 'watching',
    strike: killedAt(() => [kill('ledger.setReplayState', 'after', { state: 'watching' })]),
  },
  {
    name: 'watch over',
    strike: killedAt(() => [kill('ledger.setReplayState', 'after', { state: 'settled' })]),
  },
  {
    name: 'again: unknown written',
    strike: killedAt(
      (random) => [outcomeUnwritten(random), kill('ledger.recordItems', 'after', { state: 'unknown' })],
      true,
    ),
  },
  {
    name: 'again: proof read',
    appliesTo: proves,
    strike: killedAt((random) => [outcomeUnwritten(random), kill('driver.browse', 'after')], true),
  },
  {
    name: 'again: proof written',
    appliesTo: proves,
    strike: killedAt(
      (random) => [outcomeUnwritten(random), kill('ledger.recordItems', 'after', { state: 'sent' })],
      true,
    ),
  },
  {
    name: 'again: removed late',
    appliesTo: removes,
    strike: killedAt((random) => [outcomeWritten(random), kill('driver.remove', 'after')]),
  },
  {
    name: 'random instant',
    strike: (random) => ({
      answersGetLost: true,
      async disturb(lane, confirm) {
        await confirm();
        await delay(random() * lane.usualMs);
        await lane.restart();
      },
    }),
  },
];

/** A header that each message of a replay has, and nothing else on the wire. */
const onTheWire = 'replay-item';

export const troubleSteps: readonly Step[] = [
  {
    name: 'connection cut at a send',
    strike: () => ({
      answersGetLost: true,
      async disturb(lane, confirm) {
        lane.queues.proxy().cut(onTheWire);
        await confirm();
      },
    }),
  },
  {
    name: 'connection cut at a random instant',
    strike: (random) => ({
      answersGetLost: true,
      async disturb(lane, confirm) {
        await confirm();
        await delay(random() * lane.usualMs);
        lane.queues.proxy().cut();
      },
    }),
  },
  {
    name: 'answers withheld',
    strike: () => ({
      answersGetLost: true,
      async disturb(lane, confirm) {
        lane.queues.proxy().withholdAnswers(onTheWire);
        const { id } = await confirm();
        await outcomesOf(lane, id, 'unknown');
        lane.queues.proxy().passAgain();
      },
    }),
  },
  {
    name: 'answers withheld, then killed',
    strike: (random) => ({
      answersGetLost: true,
      async disturb(lane, confirm) {
        lane.queues.proxy().withholdAnswers(onTheWire);
        const { id } = await confirm();
        await outcomesOf(lane, id, 'intended');
        await delay(random() * 500);
        await lane.engine.kill();
        lane.queues.proxy().passAgain();
        await lane.restart();
      },
    }),
  },
];

/** Waits until some items of it are in that state. */
async function outcomesOf(lane: Lane, replayId: string, state: 'unknown' | 'intended'): Promise<void> {
  await until(
    60_000,
    `items are ${state}`,
    async () => (await lane.store.ledger.getReplay(replayId)).account[state] > 0,
  );
}

/** One trouble for all lanes of a round. */
export interface BrokerTrouble {
  /** Settles when no lane plans any more: without a broker that could not end. */
  allPlanned(): Promise<void>;
  /** Whoever calls it first strikes; settles when the broker is there again. */
  strike(): Promise<void>;
  readonly hasBegun: boolean;
}

/**
 * The whole broker is struck, so all of its lanes meet it together, and each with something left to send: what a broker forgets that is killed after a replay
 * nobody notices.
 */
export const brokerStep = (trouble: BrokerTrouble, name: string): Step => ({
  name,
  strike: (random) => ({
    answersGetLost: true,
    async disturb(lane, confirm) {
      await trouble.allPlanned();
      const { id } = await confirm();
      const share = (2 / 3) * random();
      await until(60_000, 'enough was sent', async () => {
        const { planned, total } = (await lane.store.ledger.getReplay(id)).account;
        return trouble.hasBegun || total - planned > share * total;
      });
      await trouble.strike();
    },
  }),
});

/** Where the disk is full from, and how long for; an engine that is killed meanwhile starts with room again. */
function diskFullAt(fault: Omit<Fault, 'what'>, thenKilled: boolean): Step['strike'] {
  return (random) => ({
    answersGetLost: true,
    async disturb(lane, confirm) {
      await lane.engine.arm({ ...fault, ...anyBatch(random), what: 'fill-disk' });
      await confirm();
      await until(60_000, 'the disk was full', async () => lane.engine.diskFilled);
      await delay(random() * 3_000);
      if (thenKilled) await lane.engine.kill();
      await rm(join(lane.folder, ballastFile));
      if (thenKilled) await lane.restart();
    },
  });
}

const fullAtIntent = { call: 'ledger.intend', when: 'before', nth: 1 } as const;
const fullAtOutcome = { call: 'driver.publish', when: 'after', nth: 1 } as const;

export const diskSteps: readonly Step[] = [
  { name: 'disk full before an intent', onSmallDisk: true, strike: diskFullAt(fullAtIntent, false) },
  { name: 'disk full before an outcome', onSmallDisk: true, strike: diskFullAt(fullAtOutcome, false) },
  { name: 'disk full before an outcome, then killed', onSmallDisk: true, strike: diskFullAt(fullAtOutcome, true) },
];
