import { type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, vi } from 'vitest';
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
});
