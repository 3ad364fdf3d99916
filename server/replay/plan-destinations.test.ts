import { DeleteQueueCommand, type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { GET as getRedirects, POST as postRedirect } from '#app/api/v1/redirects/route.ts';
import { DELETE as deleteRedirect } from '#app/api/v1/redirects/[redirectId]/route.ts';
import { redirectRule, redirectsResponse } from '#lib/api/redirects.ts';
import type { Replay, ReplayPlan } from '#lib/domain/replay.ts';
import { createReplayBench, nameOf } from '#server/replay/testing/replay-bench.ts';

/** Where a plan sends messages and what it says of it, on a real SQS server in this process. */

const bench = createReplayBench();
const aside = () => nameOf(other.source);
let other: { readonly source: string; readonly deadLetters: string };

beforeEach(async () => {
  other = await bench.createPair(`aside-${nameOf(bench.source)}`);
  bench.serveRoutes();
});

const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value });
const note = (plan: ReplayPlan, code: ReplayPlan['warnings'][number]['code']) =>
  [...plan.refusals, ...plan.warnings].find((each) => each.code === code);

/** Dead letters of any form; answers their ids in the order in which they were put. */
async function put(...messages: readonly { body: string; attributes?: Record<string, MessageAttributeValue> }[]) {
  const queueId = `sqs/${nameOf(bench.deadLetters)}`;
  const identities: string[] = [];
  for (const { body, attributes = {} } of messages) {
    const input = { QueueUrl: bench.deadLetters, MessageBody: body, MessageAttributes: attributes };
    identities.push((await bench.foreign.send(new SendMessageCommand(input))).MessageId ?? '');
  }
  await vi.waitUntil(async () => (await bench.store.index.listQueues()).some(({ id }) => id === queueId), 20_000);
  await bench.sync(queueId);
  const page = { range: { from: null, to: null }, cursor: null, limit: 100 };
  const { messages: letters } = await bench.store.index.listMessages({
    filter: { kind: 'queue', pattern: queueId },
    ...page,
  });
  return identities.map((identity) => letters.find((letter) => letter.identity === identity)?.id ?? '');
}

async function sendAll(planned: Replay): Promise<void> {
  await bench.store.ledger.confirmReplay(planned.id, planned.plan.hash, 'test', Date.now());
  await bench.reached(planned.id, 'watching');
}

const saveRule = (body: unknown) =>
  postRedirect(
    new Request('http://127.0.0.1:3000/', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  );

describe('a chosen destination', () => {
  it('takes all of them, and nothing arrives where they came from', async () => {
    const letters = await bench.deadLettersInIndex(3);
    const planned = await bench.plan(
      letters.map(({ id }) => id),
      { destination: { kind: 'sqs', queue: aside() } },
    );
    expect(planned.plan).toMatchObject({ willSend: 3, destinations: [{ destination: { queue: aside() }, count: 3 }] });
    await sendAll(planned);
    expect(await bench.drain(other.source)).toEqual([0, 1, 2]);
    expect(await bench.drain(bench.source)).toEqual([]);
  });

  it('that is another broker, or the dead-letter queue itself, or nowhere, is refused clearly', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const ids = [letter?.id ?? ''];
    const kafka = { kind: 'kafka', topic: 'orders', partition: null } as const;
    await expect(bench.plan(ids, { destination: kafka })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('connection sqs is SQS'),
    });
    const itself = await bench.plan(ids, { destination: { kind: 'sqs', queue: nameOf(bench.deadLetters) } });
    expect(itself.plan).toMatchObject({ willSend: 0, refusals: [{ code: 'destination-is-source', count: 1 }] });
    const nowhere = await bench.plan(ids, { destination: { kind: 'sqs', queue: 'no-such-queue' } });
    expect(nowhere.plan.refusals).toMatchObject([
      { code: 'destination-missing', text: 'would go to no-such-queue, which does not exist', messageIds: ids },
    ]);
    expect(await bench.drain(bench.deadLetters)).toEqual([0]);
  });

  it('sends what does not say where it came from', async () => {
    const { deadLetters } = await bench.createPair(`lambda-${nameOf(bench.source)}`);
    expect(nameOf(deadLetters)).toContain('lambda-');
    const failed = {
      ERROR_CODE: text('200'),
      ERROR_MESSAGE: text('boom'),
      RequestID: text('3e4c2a50-1111-4222-8333-444455556666'),
    };
    const ids = await put({ body: '{"number":7}', attributes: failed });
    const planned = await bench.plan(ids, { destination: { kind: 'sqs', queue: aside() } });
    expect(planned.plan).toMatchObject({ willSend: 1, refusals: [] });
    await sendAll(planned);
    expect(await bench.drain(other.source)).toEqual([7]);
  });

  it('that is a FIFO queue takes nothing without a message group', async () => {
    const fifo = await bench.createFifo(`aside-${nameOf(bench.source)}.fifo`);
    const [letter] = await bench.deadLettersInIndex(1);
    const { plan } = await bench.plan([letter?.id ?? ''], { destination: { kind: 'sqs', queue: nameOf(fifo) } });
    expect(plan.refusals).toMatchObject([{ code: 'fifo-group-missing', count: 1, messageIds: [letter?.id] }]);
  });
});

describe('a redirect rule', () => {
  it('sends what fits elsewhere, the plan says so, and it can be left out and deleted', async () => {
    const letters = await bench.deadLettersInIndex(2);
    const rule = {
      name: 'Set aside',
      connection: 'sqs',
      pattern: 'replay-*',
      destination: { kind: 'sqs', queue: aside() },
    };
    const saved = await saveRule(rule);
    expect(saved.status).toBe(201);
    const { id } = redirectRule.parse(await saved.json());
    const ids = letters.map((letter) => letter.id);
    const planned = await bench.plan(ids);
    expect(planned.plan).toMatchObject({
      redirected: [{ rule: 'Set aside', count: 2 }],
      destinations: [{ destination: { queue: aside() }, count: 2 }],
    });
    // Also where the rule's place is the trouble.
    const gone = await bench.foreign
      .send(new DeleteQueueCommand({ QueueUrl: other.source }))
      .then(() => bench.plan(ids));
    expect(gone.plan).toMatchObject({ willSend: 0, redirected: [{ rule: 'Set aside', count: 2 }] });
    const left = await bench.plan(ids, { redirects: 'ignore' });
    expect(left.plan).toMatchObject({ destinations: [{ destination: { queue: nameOf(bench.source) } }] });
    expect(left.plan.redirected).toBeUndefined();
    expect(left.plan.hash).not.toBe(planned.plan.hash);
    const params = { params: Promise.resolve({ redirectId: id }) };
    const rest = await deleteRedirect(new Request('http://127.0.0.1:3000/', { method: 'DELETE' }), params);
    expect(redirectsResponse.parse(await rest.json())).toEqual({ redirects: [] });
    expect((await bench.plan(ids)).plan.redirected).toBeUndefined();
    const audit = await bench.store.ledger.listAudit({ limit: 10, before: null });
    expect(audit.map(({ action, result }) => `${action} ${result}`)).toEqual([
      'redirect.delete done',
      'redirect.save done',
    ]);
  });

  it('for a connection that is not there, of another broker, or without a name is refused by its field', async () => {
    await bench.deadLettersInIndex(1);
    const destination = { kind: 'sqs', queue: 'aside' };
    const rule = { name: 'Aside', connection: 'sqs', pattern: '*', destination };
    const fieldOf = async (body: unknown) => {
      const response = await saveRule(body);
      expect(response.status).toBe(400);
      const { details } = (await response.json()) as { details: { field: string } };
      return details.field;
    };
    expect(await fieldOf({ ...rule, connection: 'nowhere' })).toBe('connection');
    expect(await fieldOf({ ...rule, destination: { kind: 'kafka', topic: 'a', partition: null } })).toBe('destination');
    expect(await fieldOf({ ...rule, name: ' ' })).toBe('name');
    expect(await fieldOf({ ...rule, destination: { kind: 'sqs', queue: 'q'.repeat(81) } })).toBe('destination');
    expect(await (await getRedirects()).json()).toEqual({ redirects: [] });
  });
});

describe('a plan warns', () => {
  it('of an event that would arrive twice, in itself or after an earlier replay', async () => {
    const event = (id: string, number: number) => ({ body: JSON.stringify({ id, type: 'order.paid', number }) });
    const [first = '', again = '', single = ''] = await put(event('e-1', 1), event('e-1', 2), event('e-2', 3));
    const { plan } = await bench.plan([first, again, single]);
    expect(note(plan, 'duplicate-event')).toMatchObject({ count: 1 });
    await sendAll(await bench.plan([first]));
    const later = await bench.plan([again, single]);
    expect(note(later.plan, 'event-sent-before')).toMatchObject({ count: 1, messageIds: [again] });
    expect(note(later.plan, 'duplicate-event')).toBeUndefined();
  });

  it('of what has outlived its time', async () => {
    const [late = '', inTime = ''] = await put(
      { body: '{"number":1}', attributes: { 'expires-at': text('2020-01-01T00:00:00Z') } },
      { body: '{"number":2}', attributes: { 'expires-at': text('2199-01-01T00:00:00Z') } },
    );
    const { plan } = await bench.plan([late, inTime]);
    expect(note(plan, 'expired')).toMatchObject({ count: 1, messageIds: [late] });
  });

  it('of what was replayed before, how often, and what became of it', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const planned = await bench.plan([letter?.id ?? '']);
    await sendAll(planned);
    const [item] = await bench.store.ledger.listItems(planned.id, { after: null, limit: 1 });
    await bench.comeBack(planned.id, item?.id ?? '');
    const page = { range: { from: null, to: null }, cursor: null, limit: 10 };
    const { messages } = await bench.store.index.listMessages({
      filter: { kind: 'state', state: 'returned' },
      ...page,
    });
    const { plan } = await bench.plan(messages.map(({ id }) => id));
    expect(note(plan, 'is-a-return')).toMatchObject({ count: 1, text: 'were replayed once before and came back' });
  });

  it('of a time that is asked for and not known, or that the broker sets itself; a header keeps it', async () => {
    const [letter] = await bench.deadLettersInIndex(1);
    const ids = [letter?.id ?? ''];
    expect(note((await bench.plan(ids, { timestamp: 'original' })).plan, 'no-original-time')?.text).toContain(
      'sets the time',
    );
    const { plan } = await bench.plan(ids, { timestamp: 'header' });
    expect(plan.headerChanges).toContainEqual(
      expect.objectContaining({ change: 'added', name: 'replay-original-timestamp' }),
    );
  });
});
