import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { fingerprintOf } from '#lib/fingerprint/fingerprint.ts';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { readCompletions } from '#server/queries/completions.ts';
import { readDiff } from '#server/queries/diff.ts';
import { readFacets } from '#server/queries/facets.ts';
import { readGroup } from '#server/queries/group.ts';
import { readGroups } from '#server/queries/groups.ts';
import { readMessage } from '#server/queries/message.ts';
import { readReplay, readReplayItems } from '#server/queries/replays.ts';
import { toMessageRow } from '#server/queries/to-view.ts';
import { standStill } from '#server/replay/stand-still.ts';
import { openSqliteStore } from '#server/store/sqlite/sqlite-store.ts';
import { aLetter } from '#server/store/testing/letters.ts';
import { aReplay, writePlan } from '#server/store/testing/plans.ts';
import { addQueue } from '#server/store/testing/reading.ts';

/** What was written before there was a rule, as it may be read since. */

const nothing: MaskingSettings = { fields: [], headers: [], patterns: [], keys: false };
let runtime: Runtime;
let close: () => Promise<void>;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'redeliver-masked-views-'));
  const store = openSqliteStore({ folder, role: 'writer' });
  const payloads = createPayloadReader({ registries: new Map() });
  runtime = { store, payloads, clock: { now: () => 10_000 }, sandbox: null, version: 'test', engineSeenAt: () => null };
  close = async () => {
    await payloads.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
});
afterEach(() => close());

const under = (rules: Partial<MaskingSettings>): Runtime => ({
  ...runtime,
  masking: createMasking({ ...nothing, ...rules }),
});

describe('a replay to a place whose name is masked', () => {
  const secret = '123456789';
  const masked = () =>
    under({ headers: ['x-hidden'], patterns: ['email', { name: 'customer', expression: '^\\d{9}$' }] });
  const destination = { kind: 'rabbitmq' as const, exchange: 'ada@mail.example', routingKey: secret };
  const note = (text: string) => ({ code: 'no-receivers' as const, count: 1, text, messageIds: [] });

  it('does not name it in its plan, its items or its errors', async () => {
    const { store } = runtime;
    const given = aReplay('r', 1);
    await writePlan(store.ledger, {
      ...given,
      sentence: `1 message for ${secret}`,
      items: given.items.map((item) => ({
        ...item,
        destination,
        state: 'skipped',
        reason: { code: 'rejected', message: `${secret} at ada@mail.example`, details: { queue: secret } },
      })),
      plan: {
        ...given.plan,
        destinations: [
          {
            destination,
            connection: 'rabbit',
            kind: 'rabbitmq',
            count: 1,
            exists: true,
            receivers: [{ kind: 'queue', name: secret, state: 'running', members: 1, lag: null }],
            notes: [`nobody reads ${secret}`],
          },
        ],
        refusals: [note(`cannot go to ada@mail.example → ${secret}`)],
        warnings: [note(`go to ${secret}`)],
        headerChanges: [
          { kind: 'rabbitmq', change: 'added', name: 'x-hidden', value: 'hush', why: null },
          { kind: 'rabbitmq', change: 'added', name: 'x-shown', value: secret, why: null },
        ],
      },
    });
    await store.ledger.confirmReplay('r', 'hash of r', 'ada', 1);
    const sending = await store.ledger.setReplayState('r', { state: 'sending', at: 2 });
    await standStill(runtime, sending, 'stopped', new AppError('rejected', `${secret} at ada@mail.example`));
    expect((await readReplay(runtime, 'r')).history?.[0]?.reason).toBe(`${secret} at ada@mail.example`);
    const answers = JSON.stringify([
      await readReplay(masked(), 'r'),
      await readReplayItems(masked(), 'r', { limit: 10, returned: false }),
    ]);
    for (const leak of [secret, 'ada@mail', 'hush']) expect(answers).not.toContain(leak);
    expect(answers).toContain('cannot go to ••• → •••');
    const clear: Replay = await store.ledger.getReplay('r');
    expect(JSON.stringify(clear)).toContain(secret);
  });
});

describe('keys', () => {
  const card = '4111111111111111';
  const hex = `0x${Buffer.from(`\u0000\u0001${card}`).toString('hex')}`;

  async function everythingOfKeys(from: Runtime, fingerprint: string): Promise<string> {
    return JSON.stringify([
      await readFacets(from, { filter: '', fields: 'key', limit: 10 }),
      (await readGroup(from, fingerprint)).keys,
      await readCompletions(from, { filter: 'key:' }),
    ]);
  }

  it('that were indexed as they are stand in no answer', async () => {
    const queueId = await addQueue(runtime.store, 'keys.dlq');
    const letters = ['ada', 'bert', hex].map((keyText, n) => aLetter(`k:${n}`, { keyText }));
    await runtime.store.index.ingest({ queueId, letters, scan: 's' });
    const fingerprint = letters[0]?.letter.fingerprint ?? '';
    const hidden = await everythingOfKeys(under({ keys: true }), fingerprint);
    for (const leak of ['ada', 'bert', hex]) expect(hidden).not.toContain(leak);
    expect((await readGroup(under({ keys: true }), fingerprint)).keys).toEqual([{ value: '•••', count: 3 }]);
    const byPattern = await everythingOfKeys(under({ patterns: ['card'] }), fingerprint);
    expect(byPattern).not.toContain(hex);
    expect(byPattern).toContain('ada');
  });

  it('that are groups of a FIFO queue go by the rule for their property', async () => {
    const { letter } = aLetter('f', { kind: 'sqs', keyText: 'hush', lane: 'hush' });
    const { masking } = under({ headers: ['messagegroupid'] });
    expect(toMessageRow({ ...letter, queueId: 'sqs/a' }, masking).key).toBe('•••');
    expect(toMessageRow({ ...letter, kind: 'kafka', queueId: 'kafka/a' }, masking).key).toBe('hush');
  });

  it('that are masked have no neighbours', async () => {
    const queueId = await addQueue(runtime.store, 'same.dlq');
    const letters = [1, 2].map((n) => aLetter(`s:${n}`, { keyText: 'ada', keyDigest: 'digest' }));
    await runtime.store.index.ingest({ queueId, letters, scan: 's' });
    const id = letters[0]?.letter.id ?? '';
    expect((await readDiff(runtime, id, {})).choices).toHaveLength(1);
    expect((await readDiff(under({ keys: true }), id, {})).choices).toEqual([]);
  });
});

it('an attribute that messages were grouped by goes by the rule for headers of its name', async () => {
  const queueId = await addQueue(runtime.store, 'attributes.dlq');
  const failure = { errorClass: null, errorMessage: null, stackTrace: null, reason: null, attempts: null };
  const letters = ['hush', 'psst'].map((value) => {
    const attributes = () => [{ name: 'Tenant', value }];
    const group = fingerprintOf({ failure }, { source: 'q', payloadShape: () => 'text', attributes });
    return { ...aLetter(value, { failure, fingerprint: group.id }), group };
  });
  await runtime.store.index.ingest({ queueId, letters, scan: 's' });
  const told = async (from: Runtime) =>
    JSON.stringify([
      await readGroup(from, letters[0]?.group.id ?? ''),
      await readGroups(from, { filter: '', sort: 'count', limit: 10 }),
    ]);
  expect(await told(runtime)).toMatch(/"Tenant","value":"hush".*"value":"psst"/);
  expect(await told(under({ headers: ['tenant'] }))).not.toMatch(/hush|psst/);
});

it('who failed, and where a message came from, are masked in its history', async () => {
  const queueId = await addQueue(runtime.store, 'orders.dlq');
  const origin = {
    destination: { kind: 'kafka' as const, topic: 'orders', partition: null },
    failedIn: 'hush.in@mail.example',
    position: '0:hush.at@mail.example',
  };
  const letters = [1, 2].map((n) => aLetter(`0:hush.id${n}@mail.example`, { origin, keyText: 'k', keyDigest: 'd' }));
  await runtime.store.index.ingest({ queueId, letters, scan: 's' });
  const masked = under({ patterns: ['email'] });
  const detail = JSON.stringify(await readMessage(masked, letters[0]?.letter.id ?? ''));
  expect(detail).toContain('"by":"•••"');
  expect(detail).not.toContain('hush.in');
  expect(detail).not.toContain('hush.at');
});
