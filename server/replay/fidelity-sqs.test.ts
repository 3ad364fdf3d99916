import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { fc } from '#lib/testing/properties.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isReplayHeader } from '#lib/conventions/replay-headers.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { createSqsDriver } from '#server/brokers/sqs/sqs-driver.ts';
import { drawn, expectReplayHeaders, legibleBytes, seedNote } from '#server/replay/testing/fidelity.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** What a consumer with the bare SDK receives after a replay on SQS, beside what it had received until the queue gave up on the message. */

type Original = Pick<
  SendMessageCommandInput,
  'MessageBody' | 'MessageAttributes' | 'MessageSystemAttributes' | 'MessageGroupId'
>;

const text = (StringValue: string, DataType = 'String'): MessageAttributeValue => ({ DataType, StringValue });
const binary = (bytes: readonly number[], DataType = 'Binary'): MessageAttributeValue => ({
  DataType,
  BinaryValue: Uint8Array.from(bytes),
});
const attributes = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`a-${index}`, text(`v-${index}`)]));
const trace = { AWSTraceHeader: text('Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1') };

const types: Record<string, MessageAttributeValue> = {
  string: text('größe 👍 <b>&amp;"'),
  custom: text('https://shop.example', 'String.url'),
  integer: text('9007199254740993', 'Number.int'),
  number: text('-0012.340', 'Number'),
  exponent: text('1e5', 'Number.float'),
};
const binaries: Record<string, MessageAttributeValue> = {
  'no.text': binary([0xff, 0xfe, 0, 0xc3, 0x28]),
  picture: binary([0x89, 0x50, 0x4e, 0x47], 'Binary.png'),
  zero: binary([0]),
};

const fixed: readonly Original[] = [
  { MessageBody: '{"total":1999}' },
  { MessageBody: ' \t\r\n<&>"\'\u00a0größe 👍\ufffd', MessageAttributes: types },
  { MessageBody: '9007199254740993', MessageAttributes: binaries, MessageSystemAttributes: trace },
  { MessageBody: 'x'.repeat(1_000_000) },
  { MessageBody: 'all of them', MessageAttributes: { ...types }, MessageSystemAttributes: trace },
  { MessageBody: 'seven', MessageAttributes: attributes(7) },
  { MessageBody: 'ten', MessageAttributes: { ...attributes(6), ...binaries, custom: text('x', 'String.url') } },
];

/** What XML 1.0 can hold, and so SQS. */
const letters = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((drawnText) => drawnText.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?'));
const attribute = fc.oneof(
  fc.tuple(letters, fc.constantFrom('String', 'String.x')).map(([value, type]) => text(value, type)),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.constantFrom('Number', 'Number.int'))
    .map(([value, type]) => text(String(value), type)),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.constantFrom('Binary', 'Binary.gif'))
    .map(([value, type]) => binary([...value], type)),
);
const arbitrary = fc.record({
  MessageBody: letters,
  MessageAttributes: fc.dictionary(fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/), attribute, {
    maxKeys: 10,
    noNullPrototype: true,
  }),
});

/** Body, attributes with their types, and what of the system attributes is the sender's. */
function legible({ Body, MessageAttributes = {}, Attributes = {} }: Message) {
  return {
    body: legibleBytes(Buffer.from(Body ?? '')),
    attributes: Object.entries(MessageAttributes)
      .map(([name, { DataType, StringValue, BinaryValue }]) =>
        [name, DataType, StringValue, BinaryValue && legibleBytes(BinaryValue)].join(' '),
      )
      .toSorted(),
    trace: Attributes.AWSTraceHeader,
    group: Attributes.MessageGroupId,
  };
}

describe.each(['standard', 'fifo'] as const)('a replay on SQS, %s queues', (variant) => {
  const suffix = variant === 'fifo' ? '.fifo' : '';
  const name = `fidelity-${randomUUID().slice(0, 13)}`;
  const [source, deadLetters] = [`${name}${suffix}`, `${name}-failures${suffix}`];
  const connection = 'sqs-fidelity';
  const region = 'us-east-1';
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const urls = new Map<string, string>();
  let foreign: SQSClient;
  let engine: RealEngine;
  let originals: readonly Message[];

  beforeAll(async () => {
    const endpoint = required('TEST_SQS_ENDPOINT');
    foreign = new SQSClient({ region, endpoint, credentials });
    const fifo: Record<string, string> = variant === 'fifo' ? { FifoQueue: 'true' } : {};
    await createQueue(deadLetters, fifo);
    const asked = new GetQueueAttributesCommand({ QueueUrl: urls.get(deadLetters), AttributeNames: ['QueueArn'] });
    const deadLetterTargetArn = (await foreign.send(asked)).Attributes?.['QueueArn'];
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
    await createQueue(source, { ...fifo, RedrivePolicy });

    const sent: readonly Original[] = [...fixed, ...drawn(arbitrary, 60)];
    for (const [index, original] of sent.entries()) {
      // Ten of a group: a FIFO queue shows no more at once.
      const own = { MessageGroupId: `group ${index % 9}`.replace(' ', '-'), MessageDeduplicationId: randomUUID() };
      await foreign.send(
        new SendMessageCommand({ QueueUrl: urls.get(source), ...original, ...(variant === 'fifo' && own) }),
      );
    }
    originals = await failAll(sent.length);
    const driver = createSqsDriver({ connection, region, endpoint, credentials, clock: Date.now });
    engine = await startRealEngine(connection, driver, [deadLetters]);
  });

  afterAll(async () => {
    await engine?.close();
    for (const QueueUrl of urls.values()) await foreign.send(new DeleteQueueCommand({ QueueUrl }));
    foreign?.destroy();
  });

  async function createQueue(queue: string, Attributes: Record<string, string>): Promise<void> {
    const { QueueUrl } = await foreign.send(new CreateQueueCommand({ QueueName: queue, Attributes }));
    urls.set(queue, QueueUrl ?? '');
  }

  function receive(VisibilityTimeout: number): Promise<readonly Message[]> {
    const input = { QueueUrl: urls.get(source), MaxNumberOfMessages: 10, VisibilityTimeout };
    const all = { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All' as const] };
    return foreign.send(new ReceiveMessageCommand({ ...input, ...all })).then(({ Messages = [] }) => Messages);
  }

  /** Receives each message as often as it takes until the queue moves it to the dead letters. */
  async function failAll(count: number): Promise<readonly Message[]> {
    const seen = new Map<string, Message>();
    const input = { QueueUrl: urls.get(deadLetters), AttributeNames: ['ApproximateNumberOfMessages' as const] };
    const moved = async () => (await foreign.send(new GetQueueAttributesCommand(input))).Attributes;
    await vi.waitUntil(
      async () => {
        for (const message of await receive(0)) seen.set(message.MessageId ?? '', message);
        return Number((await moved())?.['ApproximateNumberOfMessages']) === count;
      },
      { timeout: 60_000, interval: 5 },
    );
    expect(seen.size).toBe(count);
    return [...seen.values()];
  }

  async function takeAll(count: number): Promise<readonly Message[]> {
    const taken: Message[] = [];
    await expect
      .poll(
        async () => {
          for (const message of await receive(30)) {
            taken.push(message);
            const input = { QueueUrl: urls.get(source), ReceiptHandle: message.ReceiptHandle };
            await foreign.send(new DeleteMessageCommand(input));
          }
          return taken.length;
        },
        { timeout: 60_000, interval: 5 },
      )
      .toBe(count);
    return taken;
  }

  it('gives body, attributes, trace and group as they were, with as many replay attributes as there is room for', async () => {
    // A FIFO queue shows the heads of its groups: what stands behind them is met when they are gone.
    const replayed: Message[] = [];
    const accounts = [];
    while (replayed.length < originals.length) {
      const met = (await engine.read(deadLetters)).filter(({ state }) => state === 'new');
      expect(met.length).toBeGreaterThan(0);
      const planned = await engine.plan({ kind: 'messages', messageIds: met.map(({ id }) => id) });
      await engine.confirm(planned);
      const replay = await engine.reached(planned.id, 'settled', 'stopped');
      expect(replay.account).toMatchObject({ total: met.length, settled: met.length });
      accounts.push(replay.account);
      const items = await engine.store.ledger.listItems(replay.id, { after: null, limit: 1_000 });
      const itemIds = new Set(items.map(({ id }) => id));
      const received = await takeAll(met.length);
      for (const { MessageAttributes = {} } of received) {
        const entries = Object.entries(MessageAttributes);
        const added = entries.filter(([attributeName]) => isReplayHeader(attributeName));
        const room = 10 - (entries.length - added.length);
        expect(added.every(([, { DataType }]) => DataType === 'String')).toBe(true);
        const texts = added.map(([attributeName, value]) => [attributeName, value.StringValue ?? ''] as const);
        if (room >= 5) expectReplayHeaders(texts, replay, itemIds);
        else {
          const first = ['replay-item', 'replay-id', 'replayed', 'replay-count'].slice(0, room);
          expect(texts.map(([attributeName]) => attributeName).toSorted()).toEqual(first.toSorted());
        }
      }
      replayed.push(...received);
    }
    expect(accounts.length === 1 || variant === 'fifo').toBe(true);

    const messages = replayed.map((message) => ({
      ...message,
      MessageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).filter(([attributeName]) => !isReplayHeader(attributeName)),
      ),
    }));
    const sorted = (all: readonly Message[]) => all.map((message) => JSON.stringify(legible(message))).toSorted();
    expect(sorted(messages), seedNote).toEqual(sorted(originals));
    const groupOf = (message: Message) => message.Attributes?.MessageGroupId ?? '';
    if (variant === 'fifo')
      for (const [group, inGroup] of Map.groupBy(messages, groupOf)) {
        const before = originals.filter((message) => groupOf(message) === group).map(({ Body }) => Body);
        expect(
          inGroup.map(({ Body }) => Body),
          group,
        ).toEqual(before);
      }
  });
});
