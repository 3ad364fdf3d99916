import {
  GetQueueAttributesCommand,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { POST as postPlan } from '#app/api/v1/replays/plan/route.ts';
import { POST as postReplay, GET as getReplays } from '#app/api/v1/replays/route.ts';
import { GET as getItems } from '#app/api/v1/replays/[replayId]/items/route.ts';
import { problem } from '#lib/api/common.ts';
import { itemsResponse, replay, replaysResponse, type ReplayView } from '#lib/api/replays.ts';
import { createReplayBench, nameOf, upTo } from '#server/replay/testing/replay-bench.ts';

/** What is asked wrongly, or has become impossible, over HTTP with a real engine and SQS server: a clear outcome each, and nothing lost. */

const bench = createReplayBench();
/** The console's clock runs ahead of the others by so much. */
let aheadMs = 0;

beforeEach(() => {
  aheadMs = 0;
  bench.serveRoutes({ now: () => Date.now() + aheadMs });
});

function post(body: unknown): Request {
  const headers = { 'content-type': 'application/json' };
  return new Request('http://127.0.0.1:3000/', { method: 'POST', body: JSON.stringify(body), headers });
}

async function read<Schema extends z.ZodType>(schema: Schema, response: Response): Promise<z.output<Schema>> {
  const body: unknown = await response.json();
  const answer = schema.safeParse(body);
  if (!answer.success) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return answer.data;
}

const plan = async (body: unknown): Promise<ReplayView> => read(replay, await postPlan(post(body)));
const confirm = async ({ id, plan: { hash } }: ReplayView) =>
  read(replay, await postReplay(post({ replayId: id, hash })));

async function itemsOf(replayId: string) {
  const response = await getItems(new Request('http://127.0.0.1:3000/'), { params: Promise.resolve({ replayId }) });
  return (await read(itemsResponse, response)).items;
}

async function numberOfReplays(): Promise<number> {
  const response = await getReplays(new Request('http://127.0.0.1:3000/?plans=true'));
  return (await read(replaysResponse, response)).replays.length;
}

const idsOf = async (count: number) => (await bench.deadLettersInIndex(count)).map(({ id }) => id);

/** Dead letters of any form; answers their ids in the order in which they were put. */
async function put(
  ...messages: readonly { readonly body: string; readonly attributes?: Record<string, MessageAttributeValue> }[]
): Promise<readonly string[]> {
  const queueId = `sqs/${nameOf(bench.deadLetters)}`;
  const identities: string[] = [];
  for (const { body, attributes = {} } of messages) {
    const input = { QueueUrl: bench.deadLetters, MessageBody: body, MessageAttributes: attributes };
    identities.push((await bench.foreign.send(new SendMessageCommand(input))).MessageId ?? '');
  }
  await vi.waitUntil(async () => (await bench.store.index.listQueues()).some(({ id }) => id === queueId), 20_000);
  await bench.sync(queueId);
  const page = { range: { from: null, to: null }, cursor: null, limit: 100 };
  const filter = { kind: 'queue' as const, pattern: queueId };
  const letters = (await bench.store.index.listMessages({ filter, ...page })).messages;
  return identities.map((identity) => letters.find((letter) => letter.identity === identity)?.id ?? '');
}

async function limitSource(bytes: number): Promise<void> {
  const Attributes = { MaximumMessageSize: String(bytes) };
  await bench.foreign.send(new SetQueueAttributesCommand({ QueueUrl: bench.source, Attributes }));
}

describe('bad input, each with a clear outcome and nothing lost', () => {
  it('a rate of 0 is refused by name before anything is planned', async () => {
    const messageIds = await idsOf(1);
    const response = await postPlan(post({ messageIds, options: { ratePerSecond: 0 } }));
    expect(await read(problem, response)).toMatchObject({
      status: 400,
      code: 'invalid_request',
      details: { field: 'options.ratePerSecond' },
    });
    expect(await numberOfReplays()).toBe(0);
  });

  it('a filter that matches nothing plans nothing, and says so', async () => {
    await idsOf(1);
    const answer = await read(problem, await postPlan(post({ filter: 'key:nobody' })));
    expect(answer).toMatchObject({ status: 404, code: 'not_found' });
    expect(answer.detail).toContain('No message matches this filter. Nothing was planned.');
    expect(await numberOfReplays()).toBe(0);
  });

  it('a hash that is not that of the plan sends nothing, and the plan waits on', async () => {
    const planned = await plan({ messageIds: await idsOf(2) });
    const stale = await postReplay(post({ replayId: planned.id, hash: '0123456789abcdef' }));
    expect(await read(problem, stale)).toMatchObject({ status: 409, code: 'stale_plan' });
    expect(await bench.drain(bench.source)).toEqual([]);
    await confirm(planned);
    expect((await bench.reached(planned.id, 'watching')).account).toMatchObject({ settled: 2 });
    expect(await bench.drain(bench.source)).toEqual(upTo(2));
  });

  it('a plan that lay around for a quarter of an hour is not sent', async () => {
    const planned = await plan({ messageIds: await idsOf(1) });
    aheadMs = 16 * 60_000;
    const late = await read(problem, await postReplay(post({ replayId: planned.id, hash: planned.plan.hash })));
    expect(late).toMatchObject({ status: 409, code: 'stale_plan' });
    expect(late.detail).toContain('Plan again');
    expect((await bench.store.ledger.getReplay(planned.id)).state).toBe('planned');
    expect(await bench.drain(bench.deadLetters)).toEqual([0]);
  });

  it('a message over the limit of its destination stays, and the others are sent', async () => {
    const [small = '', large = ''] = await put(
      { body: '{"number":1}' },
      { body: `{"number":2,"x":"${'x'.repeat(3_000)}"}` },
    );
    await limitSource(2_048);
    const planned = await plan({ messageIds: [small, large] });
    expect(planned.plan).toMatchObject({ total: 2, willSend: 1 });
    expect(planned.plan.refusals).toMatchObject([{ code: 'too-large', count: 1, messageIds: [large] }]);
    expect(planned.plan.refusals[0]?.text).toContain('2,048 bytes');
    await confirm(planned);
    expect((await bench.reached(planned.id, 'watching')).account).toMatchObject({ settled: 1, skipped: 1 });
    expect(await bench.drain(bench.source)).toEqual([1]);
    expect(await bench.drain(bench.deadLetters)).toEqual([2]);
  });

  it('a limit that was lowered after the plan fails what is over it, by name, and leaves it in its queue', async () => {
    const messageIds = await put({ body: '{"number":1}' }, { body: `{"number":2,"x":"${'x'.repeat(3_000)}"}` });
    const planned = await plan({ messageIds });
    expect(planned.plan.willSend).toBe(2);
    await limitSource(2_048);
    await confirm(planned);
    const { account } = await bench.reached(planned.id, 'watching', 'stopped');
    expect(account).toMatchObject({ settled: 1, failed: 1, unknown: 0 });
    const failed = (await itemsOf(planned.id)).find(({ state }) => state === 'failed');
    expect(failed).toMatchObject({ messageId: messageIds[1], reason: { code: 'too_large' } });
    expect(await bench.drain(bench.source)).toEqual([1]);
    expect(await bench.drain(bench.deadLetters)).toEqual([2]);
  });

  it('ten attributes that are there already are kept, the plan warns, and the replay is recorded here', async () => {
    const attributes = Object.fromEntries(
      upTo(10).map((index) => [`a-${index}`, { DataType: 'String', StringValue: `v-${index}` }]),
    );
    const messageIds = await put({ body: '{"number":1}', attributes });
    const planned = await plan({ messageIds });
    expect(planned.plan.warnings).toContainEqual(
      expect.objectContaining({ code: 'no-room-for-headers', count: 1, messageIds }),
    );
    await confirm(planned);
    await bench.reached(planned.id, 'watching');
    expect(await itemsOf(planned.id)).toMatchObject([{ state: 'settled', messageId: messageIds[0] }]);
    const input = { QueueUrl: bench.source, MessageAttributeNames: ['All'] };
    const { Messages: [received] = [] } = await bench.foreign.send(new ReceiveMessageCommand(input));
    expect(received?.MessageAttributes).toMatchObject(attributes);
    expect(Object.keys(received?.MessageAttributes ?? {})).toHaveLength(10);
    const counted = new GetQueueAttributesCommand({
      QueueUrl: bench.deadLetters,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    expect((await bench.foreign.send(counted)).Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
  });

  it('a patch that fails on 3 of 1,000 leaves the three where they are, by name, and sends the others patched', async () => {
    const broken = new Set([17, 500, 998]);
    const bodyOf = (number: number) => JSON.stringify(broken.has(number) ? { number } : { number, zip: 'old' });
    for (const tens of upTo(100)) {
      const Entries = upTo(10).map((one) => ({ Id: String(one), MessageBody: bodyOf(tens * 10 + one) }));
      await bench.foreign.send(new SendMessageBatchCommand({ QueueUrl: bench.deadLetters, Entries }));
    }
    await put();
    const operations = '[{"op":"replace","path":"/zip","value":"new"}]';
    const filter = `queue:sqs/${nameOf(bench.deadLetters)}`;
    const planned = await plan({ filter, options: { edit: { body: { kind: 'patch', operations } } } });
    expect(planned.plan).toMatchObject({ total: 1_000, willSend: 997 });
    expect(planned.plan.refusals).toMatchObject([{ code: 'edit-failed', count: 3 }]);
    expect(planned.plan.refusals[0]?.text).toContain('operation 1 (replace /zip)');
    const refused = await bench.store.index.getMessages(planned.plan.refusals[0]?.messageIds ?? []);
    expect(refused.map(({ preview }) => Number(/\d+/.exec(preview)?.[0])).toSorted((a, b) => a - b)).toEqual([
      ...broken,
    ]);
    await confirm(planned);
    expect((await bench.reached(planned.id, 'watching')).account).toMatchObject({ settled: 997, skipped: 3 });

    const sent: string[] = [];
    const input = { QueueUrl: bench.source, MaxNumberOfMessages: 10, VisibilityTimeout: 300 };
    for (let met = -1; met < sent.length;) {
      met = sent.length;
      const { Messages = [] } = await bench.foreign.send(new ReceiveMessageCommand(input));
      for (const { Body = '' } of Messages) sent.push(Body);
    }
    const patched = upTo(1_000)
      .filter((number) => !broken.has(number))
      .map((number) => `{"number":${number},"zip":"new"}`);
    expect(sent.toSorted()).toEqual(patched.toSorted());
    expect(await bench.drain(bench.deadLetters)).toEqual([...broken]);
  });
});
