import { GetQueueAttributesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import { POST as postRestore } from '#app/api/v1/restores/route.ts';
import { itemsQuery, replay } from '#lib/api/replays.ts';
import type { Replay } from '#lib/domain/replay.ts';
import { intentMark } from '#server/replay/intent-mark.ts';
import { readReplayItems } from '#server/queries/replays.ts';
import { createReplayBench } from '#server/replay/testing/replay-bench.ts';
import type { RestoreSelection } from '#server/store/engine-request.ts';

/** Discards and restores, on a real SQS server in this process. */

const bench = createReplayBench();
const discard = { action: 'discard' } as const;

const restorePlan = (selection: RestoreSelection) => bench.planRestore(selection);

async function restored(selection: RestoreSelection): Promise<Replay> {
  const planned = await restorePlan(selection);
  await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
  return bench.reached(planned.id, 'settled');
}

/** Of the one message of a discard, by an engine that was killed as it sent it. */
async function interruptedRestore() {
  const [letter] = await bench.deadLettersInIndex(1);
  const { id: discardId } = await bench.confirmed([letter?.id ?? ''], discard);
  await bench.reached(discardId, 'settled');
  const planned = await restorePlan({ discardId });
  await bench.engine.stop();
  const { ledger } = bench.store;
  await ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
  await ledger.setReplayState(planned.id, { state: 'sending', at: Date.now() });
  const [item] = await ledger.listItems(planned.id, { after: null, limit: 1 });
  await ledger.intend([{ itemId: item?.id ?? '', watermark: null }], Date.now());
  bench.startEngine();
  return { letter, discardId, planned, item };
}

/** What a discard knows of its restores. */
async function restoredOf(discardId: string) {
  const { store } = bench;
  const { items } = await readReplayItems({ store }, discardId, itemsQuery.parse({}));
  const rows = items.map(({ restoredAt }) => typeof restoredAt === 'number');
  return { count: await store.ledger.countRestoredOf(discardId), rows };
}

async function stateOf(messageId: string): Promise<string | undefined> {
  return (await bench.store.index.getMessages([messageId]))[0]?.state;
}

/** Everything in the dead-letter queue, hidden ones included. */
async function depth(): Promise<number> {
  const asked = new GetQueueAttributesCommand({ QueueUrl: bench.deadLetters, AttributeNames: ['All'] });
  const { Attributes: found = {} } = await bench.foreign.send(asked);
  return Number(found['ApproximateNumberOfMessages']) + Number(found['ApproximateNumberOfMessagesNotVisible']);
}

describe('a discard', () => {
  it('archives messages whole and then removes them, and nothing else', async () => {
    const letters = await bench.deadLettersInIndex(5);
    const chosen = letters.slice(1, 4).map((letter) => letter.id);
    const planned = await bench.plan(chosen, discard);
    expect(planned).toMatchObject({
      sentence: 'Discard 3 selected messages',
      plan: { willSend: 3, removes: 'all', dangerous: true, destinations: [], keptUntil: expect.any(Number) },
    });
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    expect((await bench.reached(planned.id, 'settled')).account).toMatchObject({ settled: 3, sent: 0 });
    const archived = await bench.store.ledger.listArchived({ discardId: planned.id, after: null, limit: 10 });
    const kept = await bench.store.ledger.readArchived(archived.map(({ itemId }) => itemId));
    expect(kept.map(({ raw }) => new TextDecoder().decode(raw.body ?? undefined)).toSorted()).toEqual(
      [1, 2, 3].map((number) => `{"number":${number}}`),
    );
    expect(await Promise.all(chosen.map(stateOf))).toEqual(['discarded', 'discarded', 'discarded']);
    await bench.engine.stop();
    expect(await bench.drain(bench.deadLetters)).toEqual([0, 4]);
    expect(await bench.drain(bench.source)).toEqual([]);
    bench.startEngine();
  });

  it('that stopped after the archive removes what it archived, and after the removal only says so', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const planned = await bench.plan(
      letters.map((letter) => letter.id),
      discard,
    );
    await bench.engine.stop();
    const { ledger, index } = bench.store;
    await ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    const items = await ledger.listItems(planned.id, { after: null, limit: 10 });
    // As an engine leaves it that is killed between the archive and the removal, and before it has told the index.
    const mark = intentMark({ watermark: null, equals: 1 });
    const entries = await Promise.all(
      items
        .slice(0, 2)
        .map(async (item) => ({ itemId: item.id, raw: (await index.getMessage(item.messageId)).raw, mark })),
    );
    await ledger.archive(entries, Date.now());
    expect(await depth()).toBe(3);
    bench.startEngine();
    expect((await bench.reached(planned.id, 'settled')).account).toMatchObject({ settled: 3, unknown: 0, failed: 0 });
    expect(await depth()).toBe(0);
    const archived = await ledger.listArchived({ discardId: planned.id, after: null, limit: 10 });
    expect(archived.map(({ state }) => state)).toEqual(['settled', 'settled', 'settled']);
    expect(await Promise.all(letters.map(({ id }) => stateOf(id)))).toEqual(['discarded', 'discarded', 'discarded']);
  });

  it('whose archive has lost a message leaves that one in its queue, and says so', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const planned = await bench.plan(
      letters.map((letter) => letter.id),
      discard,
    );
    await bench.engine.stop();
    const { ledger, index } = bench.store;
    await ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    const mark = intentMark({ watermark: null, equals: 1 });
    const [kept, lost] = await ledger.listItems(planned.id, { after: null, limit: 10 });
    const { raw } = await index.getMessage(kept?.messageId ?? '');
    await ledger.archive([{ itemId: kept?.id ?? '', raw, mark }], Date.now());
    // Archived as far as the ledger says, and the archive has nothing.
    await ledger.intend([{ itemId: lost?.id ?? '', watermark: mark }], Date.now());
    await ledger.recordItems([{ itemId: lost?.id ?? '', state: 'sent' }], Date.now());
    bench.startEngine();
    expect((await bench.reached(planned.id, 'settled')).account).toMatchObject({ settled: 2 });
    expect(await depth()).toBe(1);
    const [said] = await ledger.findItems(planned.id, [lost?.id ?? '']);
    expect(said?.reason?.message).toContain('It was not removed');
    expect(await stateOf(lost?.messageId ?? '')).toBe('new');
    expect(await stateOf(kept?.messageId ?? '')).toBe('discarded');
  });

  it('of what is gone archives nothing, and says so', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const planned = await bench.plan(
      letters.map((letter) => letter.id),
      discard,
    );
    await bench.drain(bench.deadLetters);
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    expect((await bench.reached(planned.id, 'settled')).account).toMatchObject({ skipped: 2, settled: 0 });
    expect(await bench.store.ledger.listArchived({ messageIds: letters.map(({ id }) => id) })).toEqual([]);
    expect(await stateOf(letters[0]?.id ?? '')).toBe('gone');
  });

  it('refuses what is discarded already, and a replay refuses it, too', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const { id } = await bench.confirmed([letter?.id ?? ''], discard);
    await bench.reached(id, 'settled');
    for (const options of [discard, {}]) {
      const planned = await bench.plan([letter?.id ?? ''], options);
      expect(planned.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'state-gone', count: 1 }] });
    }
  });
});

describe('a restore', () => {
  it('sends what was discarded back into its queue with its attributes, once, and both are linked', async () => {
    await bench.foreign.send(
      new SendMessageCommand({
        QueueUrl: bench.deadLetters,
        MessageBody: '{"number":7}',
        MessageAttributes: {
          price: { DataType: 'Number.eur', StringValue: '1.50' },
          picture: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
        },
      }),
    );
    const letters = await bench.deadLettersInIndex(1, 1);
    const old = letters.find((letter) => letter.preview.includes('7'));
    const { id: discardId } = await bench.confirmed(
      letters.map(({ id }) => id),
      discard,
    );
    await bench.reached(discardId, 'settled');
    expect(await depth()).toBe(0);
    expect(await restoredOf(discardId)).toEqual({ count: 0, rows: [false, false] });

    const done = await restored({ discardId });
    expect(done).toMatchObject({
      account: { settled: 2 },
      plan: { willSend: 2, dangerous: false, warnings: [{ code: 'not-the-same' }] },
    });
    expect(await depth()).toBe(2);
    await bench.sync(old?.queueId ?? '');
    const items = await bench.store.ledger.listItemsOfMessages([old?.id ?? '']);
    expect(items.map((item) => item.action)).toEqual(['restore', 'discard']);
    const back = await bench.store.index.getMessage(items[0]?.returned?.messageId ?? '');
    const before = (await bench.store.index.getMessage(old?.id ?? '')).raw;
    expect(back).toMatchObject({ state: 'new', at: old?.at, lastReplayId: done.id, raw: { body: before.body } });
    expect((await bench.store.ledger.getReplay(done.id)).account.returned).toBe(0);
    const mark = { name: 'restored-item', value: { kind: 'text', text: `${done.id}/${items[0]?.id}`, type: 'String' } };
    expect(back.raw.headers).toEqual(expect.arrayContaining([...before.headers, mark]));
    expect(back.raw.headers).toHaveLength(before.headers.length + 1);

    expect(await restoredOf(discardId)).toEqual({ count: 2, rows: [true, true] });
    const again = await restorePlan({ messageIds: [old?.id ?? ''] });
    expect(again.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'restored-before' }] });
    // What came back is a dead letter like any other: it goes where it came from, without the mark.
    const replayed = await bench.confirmed([back.id]);
    await bench.reached(replayed.id, 'watching');
    expect(await bench.drain(bench.source)).toEqual([7]);
  });

  it('takes what is discarded among all that a filter meets, and nothing else of it', async () => {
    const letters = await bench.deadLettersInIndex(4);
    const { id: discardId } = await bench.confirmed(
      letters.slice(0, 3).map(({ id }) => id),
      discard,
    );
    await bench.reached(discardId, 'settled');
    bench.serveRoutes();
    const asked = async (body: unknown) => {
      const headers = { 'content-type': 'application/json' };
      const url = 'http://127.0.0.1:3000/';
      return postRestore(new Request(url, { method: 'POST', body: JSON.stringify(body), headers }));
    };
    const answer = await asked({ filter: 'queue:*', excluded: [letters[0]?.id] });
    const { id, plan } = replay.parse(await answer.json());
    expect(plan).toMatchObject({ total: 2, willSend: 2, refusals: [] });
    await bench.store.ledger.confirmReplay(id, plan.hash, 'test', Date.now());
    expect(await bench.reached(id, 'settled')).toMatchObject({
      sentence: 'Restore 2 discarded messages matching queue:*',
      account: { settled: 2 },
    });
    expect(await depth()).toBe(3);
    expect((await asked({ filter: 'state:new' })).status).toBe(404);
    expect((await asked({ filter: '', messageIds: ['m'] })).status).toBe(400);
  });

  it('whose outcome nobody knows is unknown until the message is met, and is never sent twice by itself', async () => {
    const { ledger } = bench.store;
    const { letter, discardId, planned, item } = await interruptedRestore();
    expect((await bench.reached(planned.id, 'settled')).account).toMatchObject({ unknown: 1 });
    expect(await depth()).toBe(0);
    const second = await restorePlan({ discardId });
    expect(second.plan).toMatchObject({
      willSend: 1,
      dangerous: true,
      warnings: expect.arrayContaining([expect.objectContaining({ code: 'outcome-unknown' })]),
    });

    // It was sent after all: the next reading meets it.
    const mark = { DataType: 'String', StringValue: `${planned.id}/${item?.id}` };
    await bench.foreign.send(
      new SendMessageCommand({
        QueueUrl: bench.deadLetters,
        MessageBody: '{"number":0}',
        MessageAttributes: { 'restored-item': mark },
      }),
    );
    await bench.sync(letter?.queueId ?? '');
    await vi.waitUntil(async () => (await ledger.getReplay(planned.id)).account.settled === 1, { timeout: 60_000 });
    expect(await ledger.listArchived({ discardId, after: null, limit: 1 })).toMatchObject([
      { restoredAt: expect.any(Number) },
    ]);
  });

  it('that a person took for failed and that is met after all is not sent a second time', async () => {
    const { ledger } = bench.store;
    const { discardId, planned, item } = await interruptedRestore();
    await bench.reached(planned.id, 'settled');
    const decision = { outcome: 'not-sent', by: 'test', at: Date.now(), reason: 'It is not there.' } as const;
    await ledger.decideUnknown(planned.id, [item?.id ?? ''], decision);
    // Planned while it was taken for failed, and confirmed when it is known to be back.
    const second = await restorePlan({ discardId });
    expect(second.plan).toMatchObject({ willSend: 1 });
    const link = { replayId: planned.id, itemId: item?.id ?? '', messageId: 'met', at: Date.now() };
    await bench.engine.stop();
    await ledger.linkRestored([link]);
    await ledger.confirmReplay(second.id, second.plan.hash, 'test', Date.now());
    bench.startEngine();
    expect((await bench.reached(second.id, 'settled')).account).toMatchObject({ skipped: 1 });
    expect(await depth()).toBe(0);
    await vi.waitUntil(async () => (await ledger.getReplay(planned.id)).account.settled === 1, { timeout: 60_000 });
    const third = await restorePlan({ discardId });
    expect(third.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'restored-before', count: 1 }] });
  });

  it('of what the archive no longer has sends nothing', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const { id: discardId } = await bench.confirmed([letter?.id ?? ''], discard);
    await bench.reached(discardId, 'settled');
    const planned = await restorePlan({ discardId });
    await bench.store.ledger.forgetArchived(Date.now() + 1_000);
    await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    expect((await bench.reached(planned.id, 'settled')).account).toMatchObject({ skipped: 1 });
    await expect(restorePlan({ discardId })).rejects.toMatchObject({ code: 'not_found' });
    expect(await depth()).toBe(0);
  });
});
