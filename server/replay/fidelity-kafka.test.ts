import { randomUUID } from 'node:crypto';
import { fc } from '#lib/testing/properties.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isReplayHeader } from '#lib/conventions/replay-headers.ts';
import { type Destination, type Header, type RawMessage } from '#lib/domain/message.ts';
import type { Replay, ReplayOptions } from '#lib/domain/replay.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { drawn, expectReplayHeaders, legibleBytes, seedNote } from '#server/replay/testing/fidelity.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';

/** What a foreign consumer receives after a replay on Kafka, beside what it had received before the message died. */

const utf8 = (text: string) => new TextEncoder().encode(text);
const noText = Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28, 0x80);
const plain: RawMessage = { key: utf8('o-1'), body: utf8('{"total":1999}'), headers: [], properties: [] };
const header = (name: string, bytes: Uint8Array | null): Header => ({
  name,
  value: bytes === null ? { kind: 'null' } : { kind: 'bytes', bytes },
});

const fixed: readonly RawMessage[] = [
  plain,
  { ...plain, key: null },
  { ...plain, body: null },
  { ...plain, key: null, body: null },
  { ...plain, key: new Uint8Array(), body: new Uint8Array() },
  { ...plain, key: noText, body: noText },
  { ...plain, body: new Uint8Array(1_000_000).map((_, index) => index * 7) },
  { ...plain, headers: [header('', utf8('no name')), header('empty', new Uint8Array()), header('null', null)] },
  { ...plain, headers: [header('binary', noText), header('zero', Uint8Array.of(0))] },
  { ...plain, headers: ['b', 'a', 'b', 'B', 'b'].map((name, index) => header(name, utf8(String(index)))) },
  { ...plain, headers: ['10', '9', '2', 'a', '1', '-1', '01'].map((name) => header(name, utf8(name))) },
  { ...plain, headers: ['__proto__', 'constructor', 'toString', '__proto__'].map((name) => header(name, utf8(name))) },
  { ...plain, headers: ['größe', '\u0000', '\u202e', '👩‍👩‍👧', ' ', 'A: b\r\nC'].map((name) => header(name, utf8(name))) },
  { ...plain, headers: [{ name: '\u00ff\u00fe', nameIsLatin1: true, value: { kind: 'bytes', bytes: noText } }] },
  { ...plain, headers: Array.from({ length: 300 }, (_, index) => header(`h-${index % 40}`, utf8(String(index)))) },
  { ...plain, headers: [header('big', new Uint8Array(200_000).fill(0x41))] },
];

const bytes = fc.uint8Array({ maxLength: 200 });
const names = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('__proto__', '0', '1', 'a', 'A', 'content-type', 'traceparent', 'hasOwnProperty'),
);
const headers = fc.array(
  fc.record({ name: names, value: fc.option(bytes) }).map(({ name, value }) => header(name, value)),
  { maxLength: 12 },
);
const arbitrary = fc.record({ key: fc.option(bytes), body: fc.option(bytes), headers });

/** Byte for byte, in its order. */
function legible({ key, body, headers: list }: RawMessage) {
  return {
    key: key === null ? null : legibleBytes(key),
    body: body === null ? null : legibleBytes(body),
    headers: list.map(({ name, nameIsLatin1, value }) => {
      const text = value.kind === 'bytes' ? legibleBytes(value.bytes) : value.kind;
      return `${JSON.stringify(name)}${nameIsLatin1 === true ? ' latin1' : ''}: ${text}`;
    }),
  };
}

const textOf = ({ value }: Header) => (value.kind === 'bytes' ? Buffer.from(value.bytes).toString() : value.kind);
const bigEndian = (number: number) => {
  const eight = Buffer.alloc(8);
  eight.writeBigInt64BE(BigInt(number));
  return new Uint8Array(eight);
};
const timeOf = ({ properties }: RawMessage): number => {
  const value = properties.find(({ name }) => name === 'timestamp')?.value;
  return value?.kind === 'timestamp' ? Number(value.text) : Number.NaN;
};

describe('a replay on Kafka', () => {
  const source = `fidelity-${randomUUID()}.orders`;
  const deadLetters = `${source}.dlq`;
  const destination: Destination = { kind: 'kafka', topic: source, partition: null };
  let foreign: ForeignClient;
  let engine: RealEngine;
  let originals: readonly RawMessage[];
  /** What was in the topic at the last look. */
  let seen = 0;

  /** What Spring's recoverer adds, in its bytes: what a replay may strip. */
  const failure = (message: RawMessage, offset: number): readonly Header[] => [
    header('kafka_dlt-original-topic', utf8(source)),
    header('kafka_dlt-original-partition', Uint8Array.of(0, 0, 0, 0)),
    header('kafka_dlt-original-offset', bigEndian(offset)),
    header('kafka_dlt-original-timestamp', bigEndian(timeOf(message))),
    header('kafka_dlt-exception-fqcn', utf8('java.lang.IllegalStateException')),
  ];

  beforeAll(async () => {
    const brokers = required('TEST_KAFKA_BROKERS').split(',');
    foreign = await createForeignClient(brokers);
    for (const topic of [source, deadLetters]) await foreign.createTopic(topic, 1);
    const random = drawn(arbitrary, 150).map((message): RawMessage => ({ ...message, properties: [] }));
    const sent = [...fixed, ...random];
    await putAll(source, sent);
    originals = await foreign.receive(destination, sent.length);
    seen = originals.length;
    expect(originals.map(legible), seedNote).toEqual(sent.map(legible));
    // As a service does it that can make nothing of them.
    await putAll(
      deadLetters,
      originals.map((message, offset) => ({ ...message, headers: [...message.headers, ...failure(message, offset)] })),
    );
    const driver = createKafkaDriver({ connection: 'kafka-fidelity', brokers, clock: Date.now });
    engine = await startRealEngine('kafka-fidelity', driver, [deadLetters]);
    expect(await engine.read(deadLetters)).toHaveLength(originals.length);
  });

  afterAll(async () => {
    await engine?.close();
    await foreign?.close();
  });

  /** One by one where they are large: a batch has the limit of a message. By kafkajs where it has words for the message. */
  async function putAll(topic: string, messages: readonly RawMessage[]): Promise<void> {
    for (const message of messages.slice(0, fixed.length)) await foreign.put(topic, [message]);
    await foreign.put(topic, messages.slice(fixed.length));
  }

  /** Replays everything; answers what came out of it, without the replay headers, which are looked at here. */
  async function replayed(options: Partial<ReplayOptions>): Promise<{ replay: Replay; messages: RawMessage[] }> {
    const replay = await engine.replayAll(deadLetters, options);
    expect(replay.account).toMatchObject({ total: originals.length, settled: originals.length });
    const items = await engine.store.ledger.listItems(replay.id, { after: null, limit: 1_000 });
    const itemIds = new Set(items.map(({ id }) => id));
    const all = await foreign.receive(destination, seen + originals.length);
    const received = all.slice(seen);
    seen = all.length;
    for (const message of received) {
      const added = message.headers.slice(-5).map((each) => [each.name, textOf(each)] as const);
      expectReplayHeaders(added, replay, itemIds);
    }
    const messages = received.map((message) => ({ ...message, headers: message.headers.slice(0, -5) }));
    for (const message of messages) expect(message.headers.filter(({ name }) => isReplayHeader(name))).toEqual([]);
    return { replay, messages };
  }

  it('gives key, value and every header as they were, and after them those that say what went wrong', async () => {
    const { messages } = await replayed({});
    const expected = originals.map((message, offset) =>
      legible({ ...message, headers: [...message.headers, ...failure(message, offset)] }),
    );
    expect(messages.map(legible), seedNote).toEqual(expected);
  });

  it('without its failure headers gives exactly the original', async () => {
    const { replay, messages } = await replayed({ failureHeaders: 'strip' });
    expect(messages.map(legible), seedNote).toEqual(originals.map(legible));
    // Its time is that of the send: what is knowingly not equal.
    expect(Math.min(...messages.map(timeOf))).toBeGreaterThanOrEqual(replay.confirmedAt ?? Infinity);
  });

  it('gives the record its first time where the operator asks for it', async () => {
    const { messages } = await replayed({ failureHeaders: 'strip', timestamp: 'original' });
    expect(messages.map(legible), seedNote).toEqual(originals.map(legible));
    expect(messages.map(timeOf)).toEqual(originals.map(timeOf));
  });
});
