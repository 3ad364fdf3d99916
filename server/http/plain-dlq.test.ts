import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GET as getList } from '#app/admin/dlq/[topic]/route.ts';
import { POST as postReplay } from '#app/admin/dlq/[topic]/replay/route.ts';
import { POST as postConfirm } from '#app/api/v1/replays/route.ts';
import { problem } from '#lib/api/common.ts';
import { plainDeadLetters } from '#lib/api/replays.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';
import { listPlain } from '#server/http/plain-dlq.ts';
import { provideRuntime, type Runtime } from '#server/http/runtime.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { EngineRequest } from '#server/store/engine-request.ts';
import type { Store } from '#server/store/store.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { messageId, readLetter } from '#server/sync/read-letter.ts';

/** The plain pair on a real store; in the engine's place stands one that answers what the test wants. */

const now = Date.UTC(2026, 10, 22, 3, 41);
let store: Store;
let folder: string;
let payloads: PayloadReader;
const ended = new AbortController();
let engine: Promise<void>;
let planned: EngineRequest | null = null;

async function addQueue(connection: string, kind: BrokerKind, name: string, identities: readonly string[]) {
  const isLog = kind === 'kafka';
  const queues = (await store.index.listQueues()).filter((queue) => queue.connection === connection);
  const queue = {
    name,
    kind,
    foundBy: 'pattern' as const,
    origins: [],
    capabilities: {
      browse: isLog ? ('log' as const) : ('hold' as const),
      remove: !isLog,
      order: isLog ? ('partition' as const) : ('queue' as const),
      costs: [],
      description: '',
    },
  };
  await store.index.saveQueues(connection, [...queues, queue]);
  const id = `${connection}/${name}`;
  const letters = identities.map((identity, place) => {
    const [lane = '', sequence = null] = isLog ? identity.split(':') : [''];
    const raw = {
      ...aDeadLetter().fromOwnConvention().withBody(`{"n":${place}}`).raw(),
      identity: isLog ? `${identity}@k3JxQz12` : identity,
      position: identity,
      lane,
      sequence,
    };
    return { ...readLetter({ id, ...queue }, raw, now + place), raw };
  });
  await store.index.ingest({ queueId: id, letters, scan: 'test' });
}

async function answerRequests(): Promise<void> {
  let seen = 0;
  while (!ended.signal.aborted) {
    for (let claim = await store.ledger.claimRequest('w', now, 1_000); claim;) {
      if (claim.request.kind === 'plan') {
        planned = claim.request;
        const plan = aReplay('dangerous', 1);
        await writePlan(store.ledger, { ...plan, plan: { ...plan.plan, asOf: now, dangerous: true } });
      }
      const replayId = claim.request.kind === 'plan' ? 'dangerous' : null;
      await store.ledger.answerRequest(claim.id, { kind: 'done', replayId }, now);
      claim = await store.ledger.claimRequest('w', now, 1_000);
    }
    seen = await store.waitForChange(seen, 50);
  }
}

function runtimeOf(served: Store): Runtime {
  return {
    store: served,
    clock: { now: () => now },
    payloads,
    sandbox: null,
    version: 'test',
    engineSeenAt: () => now,
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-plain-'));
  store = openSqliteStore({ folder, role: 'writer' });
  payloads = createPayloadReader({ registries: new Map() });
  provideRuntime(runtimeOf(store));
  engine = answerRequests();
  await addQueue('kafka', 'kafka', 'orders.dlq', ['0:7', '1:7', '0:8', '0:9']);
  await addQueue('rabbitmq', 'rabbitmq', '50%-off.dlq', ['a#1', 'b#1', 'c#1']);
  await addQueue('rabbitmq', 'rabbitmq', 'a*', ['star#1']);
  await addQueue('rabbitmq', 'rabbitmq', 'abc', ['other#1']);
  await addQueue('east', 'kafka', 'twice.dlq', ['0:1']);
  await addQueue('west', 'kafka', 'twice.dlq', ['0:2']);
});

afterAll(async () => {
  ended.abort();
  await engine;
  await payloads.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** As Next hands it over: decoded. */
const params = (topic: string) => ({ params: Promise.resolve({ topic }) });
const list = (topic: string) => getList(new Request('http://127.0.0.1:3000/'), params(topic));
const offsets = async (topic: string) =>
  plainDeadLetters.parse(await (await list(topic)).json()).map((row) => `${row.partition}:${row.offset}`);
const replay = (topic: string, wanted: readonly (string | number)[]) =>
  postReplay(
    new Request('http://127.0.0.1:3000/', { method: 'POST', body: JSON.stringify({ offsets: wanted }) }),
    params(topic),
  );
const problemOf = async (response: Response) => problem.parse(await response.json());

describe('the plain list', () => {
  it('gives what the queue still holds, under any name that a broker allows', async () => {
    expect(await offsets('50%-off')).toHaveLength(3);
    const state = (identity: string, which: 'replayed' | 'discarded') => ({
      messageId: messageId('rabbitmq/50%-off.dlq', identity),
      state: which,
      at: now,
      replayId: null,
    });
    await store.index.setStates([state('a#1', 'replayed'), state('b#1', 'discarded')]);
    expect(await offsets('50%-off.dlq')).toEqual(['0:c#1']);
    expect(await offsets('a*')).toEqual(['0:star#1']);
  });

  it('keeps what was replayed from a log, where it stays', async () => {
    const id = messageId('kafka/orders.dlq', '0:9');
    await store.index.setStates([{ messageId: id, state: 'replayed', at: now, replayId: null }]);
    expect(await offsets('orders')).toEqual(['0:7', '1:7', '0:8', '0:9']);
  });

  it('asks which of two queues of one name is meant, and takes its id', async () => {
    const refused = await problemOf(await list('twice'));
    expect(refused).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(refused.detail).toContain('east/twice.dlq, west/twice.dlq');
    expect(await offsets('west/twice')).toEqual(['0:2']);
    expect(await offsets('east/twice.dlq')).toEqual(['0:1']);
  });

  it('reads no further than its client does', async () => {
    let read = 0;
    const counted = new Proxy(store.index, {
      get(index, name) {
        if (name === 'getMessage') read += 1;
        return Reflect.get(index, name) as unknown;
      },
    });
    const caller = { actor: 'script', from: 'test' };
    const response = await listPlain(runtimeOf({ ...store, index: counted }), 'orders', caller);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(read).toBeLessThan(4);
  });
});

/** A replay is a dozen commits, and each waits for the disk. */
describe('the plain replay', () => {
  it('never confirms a dangerous plan: that is for a person', async () => {
    const refused = await problemOf(await replay('orders', ['0:7']));
    expect(refused).toMatchObject({ status: 409, code: 'conflict' });
    expect(refused.detail).toContain('/replays/');
    expect(planned).toMatchObject({ selection: { messageIds: [messageId('kafka/orders.dlq', '0:7@k3JxQz12')] } });
    expect((await store.ledger.getReplay('dangerous')).state).toBe('planned');
  });

  it('leaves a plan that a person confirms with the number of its messages', async () => {
    const confirm = (extra: object) =>
      postConfirm(
        new Request('http://127.0.0.1:3000/', {
          method: 'POST',
          body: JSON.stringify({ replayId: 'dangerous', hash: 'hash of dangerous', ...extra }),
        }),
      );
    for (const wrong of [{}, { confirm: 2 }]) {
      const refused = await problemOf(await confirm(wrong));
      expect(refused).toMatchObject({ status: 409, code: 'conflict', details: { willSend: 1 } });
    }
    expect((await store.ledger.getReplay('dangerous')).state).toBe('planned');
    expect((await confirm({ confirm: 1 })).status).toBe(202);
    expect((await store.ledger.getReplay('dangerous')).state).toBe('queued');
  });

  it('finds a bare offset where it is one message, and asks for the partition where it is not', async () => {
    expect((await problemOf(await replay('orders', [7]))).detail).toContain('"partition:offset"');
    expect(await problemOf(await replay('orders', ['2:7']))).toMatchObject({ status: 404 });
    expect(await problemOf(await replay('50%-off', ['a#1']))).toMatchObject({ status: 404 });
  });
});
