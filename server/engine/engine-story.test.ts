import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { textHeader, type RawMessage } from '#lib/domain/message.ts';
import { type Replay, usualOptions } from '#lib/domain/replay.ts';
import type { Filter } from '#lib/filter/filter.ts';
import { aMessage, markerOf, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { createEngineUnderTest, everyBroker, failureHeaders, until } from '#server/engine/testing/engine-under-test.ts';
import { askEngine } from '#server/http/engine-requests.ts';

/** The engine on real brokers, from a dead letter to its replay and its return, as the web would ask for it. */

/** A read of a queue on RabbitMQ may wait 12 s for the server's counts, and a test reads up to three times. */

describe.each(everyBroker)('the engine on $label', ({ create }) => {
  const under = createEngineUnderTest(create);

  async function letters(): Promise<readonly DeadLetter[]> {
    const filter: Filter = { kind: 'queue', pattern: under.queueId };
    return (await under.store.index.listMessages({ filter, range: { from: null, to: null }, cursor: null, limit: 100 }))
      .messages;
  }

  async function put(...messages: readonly RawMessage[]): Promise<void> {
    await under.harness.put(
      under.queue,
      messages.map((message) => withHeaders(under.harness.inLane(message, 0), ...failureHeaders(under.queue))),
    );
  }

  async function letterOf(marker: string): Promise<DeadLetter> {
    for (const letter of await letters()) {
      if (markerOf((await under.store.index.getMessage(letter.id)).raw) === marker) return letter;
    }
    throw new Error(`No dead letter ${marker} is in the index.`);
  }

  async function plan(messageIds: readonly string[]): Promise<Replay> {
    const options = usualOptions;
    const answer = await askEngine(
      { store: under.store, clock: systemClock },
      { kind: 'plan', selection: { kind: 'messages' as const, messageIds }, options },
      'test',
      30_000,
    );
    return under.store.ledger.getReplay(answer.replayId ?? '');
  }

  async function replay(messageIds: readonly string[]): Promise<Replay> {
    const planned = await plan(messageIds);
    await under.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await until(async () =>
      ['watching', 'settled', 'stopped'].includes((await under.store.ledger.getReplay(planned.id)).state),
    );
    return under.store.ledger.getReplay(planned.id);
  }

  it('shows what a dead letter says of itself', async () => {
    await put(aMessage('first'), aMessage('second'), aMessage('third'));
    await under.read();
    const letter = await letterOf('second');
    expect(letter).toMatchObject({
      queueId: under.queueId,
      state: 'new',
      failure: { errorClass: 'ValidationError', errorMessage: 'total must be positive' },
      correlationId: 'c-second',
      eventType: 'order.completed',
    });
    expect(letter.origin.destination).toEqual(
      under.queue.origin.kind === 'kafka' ? { ...under.queue.origin, partition: 0 } : under.queue.origin,
    );
  });

  it('reads again without showing anything twice', async () => {
    const before = await letters();
    await under.read();
    expect((await letters()).map((letter) => letter.id)).toEqual(before.map((letter) => letter.id));
  });

  it('plans without moving anything, and refuses a hash that is not the plan’s', async () => {
    const before = await under.harness.snapshot(under.queue);
    const planned = await plan([(await letterOf('second')).id]);
    expect(planned.plan).toMatchObject({ total: 1, willSend: 1, refusals: [] });
    expect(planned.plan.destinations).toHaveLength(1);
    await expect(under.store.ledger.confirmReplay(planned.id, 'another', 'test', Date.now())).rejects.toMatchObject({
      code: 'stale_plan',
    });
    await expect.poll(() => under.harness.snapshot(under.queue), { timeout: 60_000 }).toEqual(before);
  });

  it('replays the selected message alone: byte for byte with the replay headers, and gone from a queue', async () => {
    const letter = await letterOf('second');
    const done = await replay([letter.id]);
    expect(done.error).toBeNull();
    expect(done.account).toMatchObject({ total: 1, settled: 1, failed: 0, unknown: 0 });
    const arrived = await under.harness.receive(under.queue.origin, 1);
    expect(arrived.map(markerOf)).toEqual(['second']);
    const sent = arrived[0];
    expect(Buffer.from(sent?.body ?? [])).toEqual(Buffer.from(aMessage('second').body ?? []));
    const names = (sent?.headers ?? []).map((header) => header.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'marker',
        'correlation-id',
        'dlq-error',
        'replayed',
        'replayed-at',
        'replay-id',
        'replay-item',
        'replay-count',
      ]),
    );
    expect(await under.store.index.getMessages([letter.id])).toMatchObject([
      { state: 'replayed', lastReplayId: done.id },
    ]);

    await under.read();
    const left = (await letters()).filter((known) => known.state === 'new');
    expect(left).toHaveLength(2);
  });

  it('recognises the message when it comes back, and says that the error is the same', async () => {
    const [item] = await under.store.ledger.listItemsOfMessages([(await letterOf('second')).id]);
    const back = withHeaders(
      aMessage('second again'),
      textHeader('replay-id', item?.replayId ?? ''),
      textHeader('replay-item', item?.id ?? ''),
    );
    await put(back);
    await under.read();
    expect(await letterOf('second again')).toMatchObject({ state: 'returned', lastReplayId: item?.replayId });
    const { account } = await under.store.ledger.getReplay(item?.replayId ?? '');
    expect(account).toMatchObject({ returned: 1, returnedDifferent: 0 });
  });

  it('refuses to send what has no origin, and says why', async () => {
    if (under.queue.origin.kind === 'sqs') {
      // The redrive policy names the only source, so the origin is known whatever the message says.
      expect((await letterOf('first')).origin.destination).toEqual(under.queue.origin);
      return;
    }
    await under.harness.put(under.queue, [under.harness.inLane(aMessage('orphan'), 0)]);
    await under.read();
    const planned = await plan([(await letterOf('orphan')).id]);
    expect(planned.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'unknown-origin', count: 1 }] });
  });

  it('of two messages that are equal to the byte replays one, and still shows the other', async () => {
    if (under.queue.origin.kind !== 'rabbitmq') {
      // Everywhere else a message has an identity of its own.
      expect((await letterOf('first')).identity).not.toContain('#');
      return;
    }
    await put(aMessage('twin'), aMessage('twin'));
    await under.read();
    const twins: DeadLetter[] = [];
    for (const letter of await letters()) {
      if (markerOf((await under.store.index.getMessage(letter.id)).raw) === 'twin') twins.push(letter);
    }
    expect(twins).toHaveLength(2);
    const done = await replay([twins.find((letter) => !letter.identity.includes('#'))?.id ?? '']);
    expect(done.account).toMatchObject({ total: 1, settled: 1 });
    await under.harness.receive(under.queue.origin, 1);
    await under.read();
    const open = (await letters()).filter((letter) => letter.state === 'new');
    expect(open.filter((letter) => twins.some((twin) => twin.id === letter.id))).toHaveLength(1);
    await replay(open.filter((letter) => twins.some((twin) => twin.id === letter.id)).map((letter) => letter.id));
    expect((await under.harness.receive(under.queue.origin, 1)).map(markerOf)).toEqual(['twin']);
  });

  it('replays several in order, and a message that was taken meanwhile is skipped, not invented', async () => {
    const ids = [(await letterOf('first')).id, (await letterOf('third')).id];
    const done = await replay(ids);
    expect(done.account).toMatchObject({ total: 2, settled: 2 });
    // A log still holds what the earlier test has sent.
    const arrived = (await under.harness.receive(under.queue.origin, 2))
      .map(markerOf)
      .filter((marker) => marker !== 'second');
    expect(arrived.toSorted()).toEqual(['first', 'third']);
    if (under.queue.origin.kind === 'kafka') return;
    const again = await plan(ids);
    expect(again.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'state-gone', count: 2 }] });
  });

  it('knows what it has sent also when the index was lost and is made again', async () => {
    await under.read();
    const statesOf = async () =>
      Object.fromEntries((await letters()).map(({ id, state, lastReplayId }) => [id, { state, lastReplayId }]));
    const { remove } = (await under.store.index.getQueue(under.queueId)).capabilities;
    const stillThere = Object.entries(await statesOf()).filter(
      ([, { state }]) => state !== 'gone' && !(remove && state === 'replayed'),
    );
    await under.loseIndex();
    await under.read();
    expect(await statesOf()).toEqual(Object.fromEntries(stillThere));
  });
});
