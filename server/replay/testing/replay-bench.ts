import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Replay, type ReplayOptions, type ReplayState, type Selection, usualOptions } from '#lib/domain/replay.ts';
import { createBroker } from '#server/brokers/broker.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';
import { type Clock, systemClock } from '#server/clock.ts';
import { startEngine, type Engine } from '#server/engine/engine.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { startLocalFauxqs } from '#server/local-brokers/fauxqs.ts';
import type { BodyDecoder } from '#server/payload/body-decoder.ts';
import { createBodyDecoder } from '#server/payload/create-body-decoder.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { RestoreSelection } from '#server/store/engine-request.ts';
import type { Store } from '#server/store/store.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The last part of a queue's URL. */
export const nameOf = (url: string) => url.split('/').at(-1) ?? '';

export const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

/**
 * For the test file that calls it: a real SQS server in this process for all of its tests, and for each test an engine, an empty store and a queue
 * `source` with its dead-letter queue.
 */
export function createReplayBench({ watchMs = 60_000 }: { readonly watchMs?: number } = {}) {
  let server: Awaited<ReturnType<typeof startLocalFauxqs>>;
  let foreign: SQSClient;
  let folder: string;
  let store: Store;
  let engine: Engine;
  /** Knows no schema. */
  let bodies: BodyDecoder;
  let payloads: PayloadReader;
  let source: string;
  let deadLetters: string;

  beforeAll(async () => {
    server = await startLocalFauxqs();
    payloads = createPayloadReader({ registries: new Map() });
    foreign = new SQSClient({ region, endpoint: server.endpoint, credentials: { ...credentials } });
  });

  afterAll(async () => {
    foreign.destroy();
    await payloads.close();
    await server.stop();
  });

  beforeEach(async () => {
    ({ source, deadLetters } = await createPair(`replay-${randomUUID()}`));
    folder = await mkdtemp(join(tmpdir(), 'redeliver-replay-'));
    store = openSqliteStore({ folder, role: 'writer' });
    bodies = createBodyDecoder({ registries: new Map() });
    engine = start();
  });

  afterEach(async () => {
    await engine.stop();
    await bodies.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  function start(): Engine {
    const driver = createSqsDriver({
      connection: 'sqs',
      region,
      endpoint: server.endpoint,
      credentials: { ...credentials },
      clock: Date.now,
    });
    return startEngine({
      store,
      clock: systemClock,
      connections: [
        {
          name: 'sqs',
          kind: 'sqs',
          address: 'test',
          driver: createBroker(driver, { connection: 'sqs', random: () => 0.5 }),
        },
      ],
      sync: {
        discoverEveryMs: 60_000,
        lookEveryMs: 60_000,
        scanEveryMs: 10,
        scanLimit: 1_000,
        reading: { bodies },
      },
      watchMs,
      publishTimeoutMs: 10_000,
      say: () => undefined,
    });
  }

  /** A queue and, behind it, the one where its failures go; answers their URLs. */
  async function createPair(name: string): Promise<{ source: string; deadLetters: string }> {
    const failures = await createQueue(`${name}-dlq`, {});
    const asked = new GetQueueAttributesCommand({ QueueUrl: failures, AttributeNames: ['QueueArn'] });
    const deadLetterTargetArn = (await foreign.send(asked)).Attributes?.['QueueArn'];
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 3 });
    return { source: await createQueue(name, { RedrivePolicy }), deadLetters: failures };
  }

  async function createFifo(name: string): Promise<string> {
    return createQueue(name, { FifoQueue: 'true' });
  }

  async function createQueue(name: string, attributes: Record<string, string>): Promise<string> {
    const { QueueUrl } = await foreign.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    return QueueUrl ?? '';
  }

  async function sync(queueId: string): Promise<void> {
    await askEngine({ store, clock: systemClock }, { kind: 'sync', queueId, insist: false }, 'test', 90_000);
  }

  /** Puts so many dead letters into the queue, beside those that are there, and reads them all; answers them oldest first. */
  async function deadLettersInIndex(count: number, there = 0): Promise<readonly DeadLetter[]> {
    for (let number = 0; number < count; number += 1)
      await foreign.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: `{"number":${number}}` }));
    const queueId = `sqs/${nameOf(deadLetters)}`;
    await vi.waitUntil(async () => (await store.index.listQueues()).some((queue) => queue.id === queueId), {
      timeout: 90_000,
    });
    await sync(queueId);
    const page = await store.index.listMessages({
      filter: { kind: 'queue', pattern: queueId },
      range: { from: null, to: null },
      cursor: null,
      limit: 1_000,
      order: 'oldest',
    });
    expect(page.messages).toHaveLength(count + there);
    return page.messages;
  }

  /** From here on the route handlers are the web half of this bench. */
  function serveRoutes(clock: Clock = systemClock): void {
    const engineSeenAt = () => clock.now();
    provideRuntime({ store, clock, payloads, sandbox: null, version: 'test', engineSeenAt });
  }

  async function plan(messageIds: readonly string[], options: Partial<ReplayOptions> = {}): Promise<Replay> {
    return planOf({ kind: 'messages', messageIds }, options);
  }

  async function planOf(selection: Selection, changes: Partial<ReplayOptions> = {}): Promise<Replay> {
    const options = { ...usualOptions, ...changes };
    const request = { kind: 'plan' as const, selection, options };
    const { replayId } = await askEngine({ store, clock: systemClock }, request, 'test', 90_000);
    return store.ledger.getReplay(replayId ?? '');
  }

  async function planRestore(selection: RestoreSelection): Promise<Replay> {
    const options = { ...usualOptions, action: 'restore' as const };
    const request = { kind: 'plan-restore' as const, selection, options };
    const { replayId } = await askEngine({ store, clock: systemClock }, request, 'test', 90_000);
    return store.ledger.getReplay(replayId ?? '');
  }

  async function confirmed(messageIds: readonly string[], options: Partial<ReplayOptions> = {}): Promise<Replay> {
    const planned = await plan(messageIds, options);
    return store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
  }

  async function reached(replayId: string, ...states: readonly ReplayState[]): Promise<Replay> {
    await vi.waitUntil(async () => states.includes((await store.ledger.getReplay(replayId)).state), {
      timeout: 90_000,
    });
    return store.ledger.getReplay(replayId);
  }

  /** A consumer that fails again: the message is in the dead-letter queue once more, with the marks of its replay. */
  async function comeBack(replayId: string, itemId: string): Promise<void> {
    await foreign.send(
      new SendMessageCommand({
        QueueUrl: deadLetters,
        MessageBody: '{"number":0}',
        MessageAttributes: {
          'replay-id': { DataType: 'String', StringValue: replayId },
          'replay-item': { DataType: 'String', StringValue: itemId },
        },
      }),
    );
    const queueId = `sqs/${nameOf(deadLetters)}`;
    await sync(queueId);
  }

  /** Takes and deletes everything that is visible; answers the numbers in the bodies, each as often as it came. */
  async function drain(queue: string): Promise<readonly number[]> {
    const numbers: number[] = [];
    for (;;) {
      const { Messages: messages = [] } = await foreign.send(
        new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }),
      );
      if (messages.length === 0) return numbers.toSorted((a, b) => a - b);
      for (const message of messages) {
        numbers.push(Number(/\d+/.exec(message.Body ?? '')?.[0]));
        await foreign.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle: message.ReceiptHandle }));
      }
    }
  }

  return {
    get foreign() {
      return foreign;
    },
    get store() {
      return store;
    },
    get engine() {
      return engine;
    },
    get source() {
      return source;
    },
    get deadLetters() {
      return deadLetters;
    },
    /** After `engine.stop()`. */
    startEngine() {
      engine = start();
    },
    createPair,
    createFifo,
    sync,
    deadLettersInIndex,
    serveRoutes,
    plan,
    planOf,
    planRestore,
    confirmed,
    reached,
    comeBack,
    drain,
  };
}
