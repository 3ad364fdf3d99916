import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesHeader, type Header, type RawDeadLetter, textHeader } from '#lib/domain/message.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { systemClock } from '#server/clock.ts';
import { provideRuntime } from '#server/http/runtime.ts';
import { everyGet } from '#server/http/testing/every-get.ts';
import { bodies, leakIn, planted, rules, secrets } from '#server/http/testing/planted.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import type { Store } from '#server/store/store.ts';
import { metricsOf } from '#server/watch/metrics/testing/metrics-of.ts';
import type { TestLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { readLetter } from '#server/sync/read-letter.ts';

/** What was indexed before there was a rule, asked for since, in every answer of every GET route. */

let folder: string;
let store: Store;
let payloads: PayloadReader | null = null;
let engine: { readonly end: () => Promise<void> };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redeliver-masked-later-'));
  store = openSqliteStore({ folder, role: 'writer' });
  engine = startAnswering();
});
afterEach(async () => {
  await engine.end();
  await payloads?.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** In the engine's place: every request is done at once. */
function startAnswering() {
  const ended = new AbortController();
  const run = async () => {
    let seen = 0;
    while (!ended.signal.aborted) {
      for (let claim = await store.ledger.claimRequest('w', Date.now(), 1_000); claim;) {
        await store.ledger.answerRequest(claim.id, { kind: 'done', replayId: null }, Date.now());
        claim = await store.ledger.claimRequest('w', Date.now(), 1_000);
      }
      seen = await store.waitForChange(seen, 100);
    }
  };
  const running = run();
  return {
    end: () => {
      ended.abort();
      return running;
    },
  };
}

async function indexUnmasked(
  kind: BrokerKind,
  raws: readonly RawDeadLetter[],
  change: (letter: TestLetter['letter']) => TestLetter['letter'] = (letter) => letter,
): Promise<void> {
  const capabilities = { browse: 'log', remove: false, order: 'partition', costs: [], description: '' } as const;
  await store.index.saveQueues(kind, [{ name: 'x.dlq', kind, foundBy: 'pattern', origins: [], capabilities }]);
  const queue = { id: `${kind}/x.dlq`, kind, name: 'x.dlq', origins: [] };
  const letters = raws.map((raw) => {
    const { letter, group } = readLetter(queue, raw, Date.now());
    return { letter: change(letter), group, raw };
  });
  await store.index.ingest({ queueId: queue.id, letters, scan: 's' });
}

async function expectNowhere(under: MaskingSettings, leaks: readonly string[]): Promise<void> {
  const masking = createMasking(under);
  payloads = createPayloadReader({ registries: new Map(), masking: under });
  const metrics = await metricsOf(store, ['kafka'], masking);
  provideRuntime({
    store,
    clock: systemClock,
    payloads,
    masking,
    sandbox: null,
    version: 'test',
    engineSeenAt: () => Date.now(),
    metrics,
  });
  let asked = 0;
  for await (const answer of everyGet(store, ['kafka/x.dlq'])) {
    asked += 1;
    expect([200, 403], `${answer.asked}: ${answer.text.slice(0, 200)}`).toContain(answer.status);
    expect(leakIn(answer.text, leaks), answer.asked).toBeNull();
  }
  metrics.stop();
  expect(asked).toBeGreaterThan(40);
}

const at = (n: number) => ({ identity: `0:${n}`, position: `0:${n}`, lane: '0', sequence: String(n), brokerAt: n });

describe('a rule that was made after the messages were indexed', () => {
  it('holds for every answer all the same', async () => {
    const raws = Object.entries(bodies).map(([marker, body], n) => ({ ...planted(marker, body), ...at(n) }));
    await indexUnmasked('kafka', raws, (letter) => ({
      ...letter,
      origin: {
        destination: { kind: 'kafka', topic: 'hushhushhush.topic@mail.example', partition: null },
        failedIn: 'hushhushhush.in@mail.example',
        position: '0:hushhushhush.at@mail.example',
      },
    }));
    const secret = 'hushhushhush.routing@mail.example';
    const given = aReplay('r', 1);
    const reason = { code: 'rejected' as const, message: `${secret} took it not` };
    await writePlan(store.ledger, {
      ...given,
      sentence: `1 for ${secret}`,
      items: given.items.map((item) => ({
        ...item,
        destination: { kind: 'rabbitmq', exchange: 'x', routingKey: secret },
        state: 'skipped',
        reason,
      })),
      plan: { ...given.plan, warnings: [{ code: 'no-receivers', count: 1, text: `go to ${secret}`, messageIds: [] }] },
    });
    await expectNowhere(rules, secrets);
  });

  it('holds for keys, for lanes, below a field, and where it is about what stands around a value', async () => {
    const body = (more: object) => new TextEncoder().encode(JSON.stringify({ type: 'x', ...more }));
    const bare = { key: null, headers: [], properties: [] };
    const people = { 'hushhushhush.name': { age: 3 } };
    const table: Header = { name: 'by', value: { kind: 'table', entries: [textHeader('hushhushhush.entry', '1')] } };
    await indexUnmasked('kafka', [
      { ...bare, ...at(1), key: new TextEncoder().encode('hushhushhush-key'), body: body({ ssn: 'hushhushhush-ssn' }) },
      { ...bare, ...at(2), body: body({ people }), headers: [table, bytesHeader('note', 'seen')] },
      { ...bare, ...at(3), body: body({ customer: '{"pin":"hushhushhush-pin"}', n: 1 }) },
      { ...bare, ...at(4), body: new TextEncoder().encode('{"card":4.111111111111111e15}') },
    ]);
    await indexUnmasked('sqs', [
      {
        ...bare,
        ...at(5),
        lane: 'hushhushhush-lane',
        properties: [textHeader('MessageGroupId', 'hushhushhush-lane')],
        body: body({}),
      },
    ]);
    await expectNowhere(
      {
        fields: ['$.people', 'customer.pin'],
        headers: ['MessageGroupId', 'by'],
        patterns: ['card', { name: 'ssn', expression: '"ssn":\\s*"[^"]+"' }],
        keys: true,
      },
      ['hushhushhush', '4111111111111111'],
    );
  });
});
