import { describe, expect, it } from 'vitest';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Header, textHeader } from '#lib/domain/message.ts';
import { type Replay, type Selection, usualOptions } from '#lib/domain/replay.ts';
import type { TestQueue } from '#server/brokers/testing/harness.ts';
import { aMessage, markerOf, withHeaders } from '#server/brokers/testing/sample-messages.ts';
import { systemClock } from '#server/clock.ts';
import { createEngineUnderTest, everyBroker, failureHeaders, until } from '#server/engine/testing/engine-under-test.ts';
import { askEngine } from '#server/http/engine-requests.ts';
import { decideUnknown } from '#server/http/item-decisions.ts';
import { intentMark } from '#server/replay/intent-mark.ts';

/** What nobody knows, and what comes back without saying so, on real brokers. */

const caller = { actor: 'ada', from: 'test' };

describe.each(everyBroker)('a replay on $label', ({ create }) => {
  const under = createEngineUnderTest(create);
  const web = () => ({ store: under.store, clock: systemClock });

  async function put(marker: string, headers: readonly Header[]): Promise<DeadLetter> {
    await under.harness.put(under.queue, [withHeaders(under.harness.inLane(aMessage(marker), 0), ...headers)]);
    await under.read();
    return letterOf(marker, (letter) => letter.state === 'new' || letter.state === 'returned');
  }

  async function letterOf(marker: string, is: (letter: DeadLetter) => boolean): Promise<DeadLetter> {
    const query = { filter: { kind: 'queue', pattern: under.queueId }, range: { from: null, to: null } } as const;
    const { messages } = await under.store.index.listMessages({ ...query, cursor: null, limit: 100 });
    for (const letter of messages)
      if (is(letter) && markerOf((await under.store.index.getMessage(letter.id)).raw) === marker) return letter;
    throw new Error(`No such dead letter: ${marker}`);
  }

  async function plan(selection: Selection): Promise<Replay> {
    const request = { kind: 'plan', selection, options: usualOptions } as const;
    const { replayId } = await askEngine(web(), request, 'test', 90_000);
    return under.store.ledger.getReplay(replayId ?? '');
  }

  const planOf = (...ids: readonly string[]) => plan({ kind: 'messages', messageIds: ids });

  async function confirm(planned: Replay): Promise<Replay> {
    await under.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await until(async () => ['watching', 'stopped'].includes((await under.store.ledger.getReplay(planned.id)).state));
    const replay = await under.store.ledger.getReplay(planned.id);
    expect(replay.error).toBeNull();
    return replay;
  }

  /** A replay whose engine died between the intent and the answer of its only message. */
  async function interrupted(letter: DeadLetter): Promise<Replay> {
    const planned = await planOf(letter.id);
    await under.stopEngine();
    await under.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
    await under.store.ledger.setReplayState(planned.id, { state: 'sending', at: Date.now() });
    const [item] = await under.store.ledger.listItems(planned.id, { after: null, limit: 1 });
    const watermark = intentMark({ watermark: null, equals: 1 });
    await under.store.ledger.intend([{ itemId: item?.id ?? '', watermark }], Date.now());
    under.startEngineAgain();
    await until(async () => (await under.store.ledger.getReplay(planned.id)).state === 'watching');
    const replay = await under.store.ledger.getReplay(planned.id);
    expect(replay.account).toMatchObject({ unknown: 1, sent: 0, settled: 0 });
    return replay;
  }

  it('takes what a person says has arrived out of a queue, and never sends it again', async () => {
    const letter = await put('decided sent', failureHeaders(under.queue));
    const { id } = await interrupted(letter);
    const body = { all: true, outcome: 'sent', reason: 'The shop has booked it.' } as const;
    expect(await decideUnknown(web(), id, body, caller)).toMatchObject({ decided: 1, notUnknown: 0 });
    await until(async () => (await under.store.ledger.getReplay(id)).account.settled === 1);
    await put('after it', failureHeaders(under.queue));
    const [now] = await under.store.index.getMessages([letter.id]);
    expect(now?.state).toBe('replayed');
    const again = await planOf(letter.id);
    if (under.queue.origin.kind === 'kafka')
      expect(again.plan.warnings.map((note) => note.code)).toContain('replayed-before');
    else expect(again.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'state-gone' }] });
    // Only the other one ever reaches the destination.
    const other = await letterOf('after it', ({ state }) => state === 'new');
    await confirm(await planOf(other.id));
    expect((await under.harness.receive(under.queue.origin, 1)).map(markerOf)).toEqual(['after it']);
    expect((await under.store.ledger.listAudit({ limit: 1, before: null, target: id }))[0]).toMatchObject({
      action: 'replay.decide.sent',
      actor: 'ada',
      reason: body.reason,
      result: 'done, 1 messages',
    });
  });

  it('leaves what a person says did not arrive where it is, to be replayed once more', async () => {
    const letter = await put('decided not sent', failureHeaders(under.queue));
    const { id, number } = await interrupted(letter);
    const [item] = await under.store.ledger.listItems(id, { after: null, limit: 1 });
    const body = { items: [item?.id ?? '', 'nothing'], outcome: 'not-sent' as const, reason: 'No trace of it.' };
    expect(await decideUnknown(web(), id, body, caller)).toMatchObject({ decided: 1, notUnknown: 1 });
    expect(await decideUnknown(web(), id, { ...body, outcome: 'sent' }, caller)).toMatchObject({ decided: 0 });
    expect(await under.store.index.getMessages([letter.id])).toMatchObject([{ state: 'failed', lastReplayId: id }]);
    expect((await under.store.ledger.getReplay(id)).account).toMatchObject({ failed: 1, unknown: 0 });
    const again = await plan({
      kind: 'filter',
      filter: {
        kind: 'and',
        terms: [
          { kind: 'equals', field: 'replay', value: id },
          { kind: 'state', state: 'failed' },
        ],
      },
      range: { from: null, to: null },
      asOf: Date.now(),
      excluded: [],
      text: `replay:${number} state:failed`,
    });
    expect(again.plan).toMatchObject({ total: 1, willSend: 1 });
    expect(again.plan.warnings.map((note) => note.code)).not.toContain('outcome-unknown');
    await confirm(again);
    const arrived = (await under.harness.receive(under.queue.origin, 1)).map(markerOf);
    expect(arrived.filter((marker) => marker === 'decided not sent')).toHaveLength(1);
  });

  it('recognises what its consumer wrote anew without headers, and says that it is only likely', async () => {
    const letter = await put('written anew', failureHeaders(under.queue));
    const { id } = await confirm(await planOf(letter.id));
    await put('written before', failureHeaders(under.queue));
    const back = await put('written anew', consumerHeaders(under.queue));
    expect(back).toMatchObject({ state: 'returned', lastReplayId: id, returns: 1, replay: null });
    const [item] = await under.store.ledger.listItems(id, { after: null, limit: 1 });
    expect(item?.returned).toMatchObject({ messageId: back.id, by: 'content', sameError: true, count: 1 });
    expect(await letterOf('written before', () => true)).toMatchObject({ state: 'new' });
    expect((await under.store.ledger.getReplay(id)).account).toMatchObject({ returned: 1, returnedDifferent: 0 });
  });
});

/** Of a consumer that publishes its failures by itself. */
function consumerHeaders({ origin }: TestQueue): readonly Header[] {
  const error = textHeader('dlq-error', 'ValidationError: total must be positive');
  return origin.kind === 'kafka' ? [error, textHeader('dlq-original-topic', origin.topic)] : [error];
}
