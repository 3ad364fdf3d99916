import { type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
import type { ReplayPlan } from '#lib/domain/replay.ts';
import { parse } from '#lib/filter/parse.ts';
import { createReplayBench, nameOf } from '#server/replay/testing/replay-bench.ts';

/** Dead letters that do not hold their message as it was, on a real SQS server in this process. */

const bench = createReplayBench();

const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value });

describe('a plan', () => {
  it('refuses half a message, and warns of a message that is wrapped with its error', async () => {
    const put = (body: string, attributes: Record<string, MessageAttributeValue>) =>
      bench.foreign.send(
        new SendMessageCommand({ QueueUrl: bench.deadLetters, MessageBody: body, MessageAttributes: attributes }),
      );
    const queueId = `sqs/${nameOf(bench.deadLetters)}`;
    await vi.waitUntil(async () => (await bench.store.index.listQueues()).some(({ id }) => id === queueId), 20_000);
    const scheduled = { SCHEDULE_ARN: text('arn:aws:scheduler:eu-central-1:000000000000:schedule/default/nightly') };
    await put('{"orderId":"o-1","lin', { ...scheduled, IS_PAYLOAD_TRUNCATED: text('true') });
    await put('{"orderId":"o-2"}', { ...scheduled, IS_PAYLOAD_TRUNCATED: text('false') });
    const failedAt = '2026-11-22T03:31:07Z';
    await put(JSON.stringify({ original: { orderId: 'o-3' }, error: 'SoldOut: none left', failedAt }), {});
    await bench.sync(queueId);
    const { messages } = await bench.store.index.listMessages({
      filter: { kind: 'queue', pattern: queueId },
      range: { from: null, to: null },
      cursor: null,
      limit: 10,
      order: 'oldest',
    });
    const idOf = (part: string) => messages.find(({ preview }) => preview.includes(part))?.id;
    const { plan } = await bench.plan(messages.map(({ id }) => id));
    expect(plan).toMatchObject({ total: 3, willSend: 2 });
    expect(plan.refusals).toMatchObject([{ code: 'truncated', count: 1, messageIds: [idOf('o-1')] }]);
    expect(plan.warnings.find(({ code }) => code === 'wrapped')).toMatchObject({ count: 1, messageIds: [idOf('o-3')] });
  });

  it('warns of what a filter meets only because nobody could look into its payload', async () => {
    const put = (body: string, attributes: Record<string, MessageAttributeValue> = {}) =>
      bench.foreign.send(
        new SendMessageCommand({ QueueUrl: bench.deadLetters, MessageBody: body, MessageAttributes: attributes }),
      );
    const queueId = `sqs/${nameOf(bench.deadLetters)}`;
    await vi.waitUntil(async () => (await bench.store.index.listQueues()).some(({ id }) => id === queueId), 20_000);
    await put('{"country":"de"}');
    await put('{"country":"fr"}');
    // There is no registry that has its schema.
    await put('BGRl', { __value_schema_id: text('7') });
    await bench.sync(queueId);
    const range = { from: null, to: null };
    const planOf = async (text: string) => {
      const parsed = parse(`queue:${queueId} ${text}`, { now: Date.now() });
      if ('error' in parsed) throw new Error(parsed.error.message);
      const selection = {
        kind: 'filter',
        filter: parsed.filter,
        range,
        asOf: Date.now() + 1,
        excluded: [],
        text,
      } as const;
      return (await bench.planOf(selection)).plan;
    };
    const doubtful = ({ warnings }: ReplayPlan) => warnings.find(({ code }) => code === 'not-looked-into');

    const without = await planOf('-payload.country:de');
    expect(without.total).toBe(2);
    const [avro] = doubtful(without)?.messageIds ?? [];
    expect(doubtful(without)).toMatchObject({ count: 1, messageIds: [avro] });
    expect((await bench.store.index.getMessage(avro ?? '')).preview).toContain('BGRl');

    const all = await planOf('');
    expect({ total: all.total, doubtful: doubtful(all) }).toEqual({ total: 3, doubtful: undefined });
    const only = await planOf('payload.country:de');
    expect({ total: only.total, doubtful: doubtful(only) }).toEqual({ total: 1, doubtful: undefined });
  });
});
