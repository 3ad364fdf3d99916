import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { indexHeaders } from '#lib/conventions/header-index.ts';
import { bytesHeader, type Destination, type Header, type RawMessage } from '#lib/domain/message.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';
import { createMasking, type Masking } from '#lib/masking/masking.ts';
import { createKafkaDriver } from '#server/brokers/kafka/kafka-driver.ts';
import { createForeignClient, type ForeignClient } from '#server/brokers/kafka/kafka-foreign-client.ts';
import { required } from '#server/brokers/kafka/kafka-harness.ts';
import { createMistakes } from '#server/config/mistakes.ts';
import { readTracing } from '#server/config/tracing-settings.ts';
import { type RealEngine, startRealEngine } from '#server/replay/testing/real-engine.ts';
import { itemTrace, replayTrace } from '#server/tracing/replay-trace.ts';
import { type Collector, startCollector } from '#server/tracing/testing/collector.ts';
import { openTracing } from '#server/tracing/tracing.ts';

/** What a collector gets of a replay on a real Kafka, and what a foreign consumer gets of its trace. */

const utf8 = (text: string) => new TextEncoder().encode(text);
const originalTrace = '4bf92f3577b34da6a3ce929d0e0e4736';
const originalSpan = '00f067aa0ba902b7';
const callerTrace = 'c'.repeat(32);
const callerSpan = 'd'.repeat(16);

describe('the spans of a replay', () => {
  const source = `traces-${randomUUID()}.orders`;
  const deadLetters = `${source}.dlq`;
  const destination: Destination = { kind: 'kafka', topic: source, partition: null };
  let foreign: ForeignClient;
  let collector: Collector;
  let engine: RealEngine;

  const message = (key: string, ...headers: readonly Header[]): RawMessage => ({
    key: utf8(key),
    body: utf8('{"card":"secret-of-the-payload"}'),
    headers: [
      ...headers,
      bytesHeader('dlq-original-topic', source),
      bytesHeader('dlq-error', 'TimeoutError: secret-of-the-error'),
    ],
    properties: [],
  });
  const messages = [
    message('o-1', bytesHeader('traceparent', `00-${originalTrace}-${originalSpan}-01`)),
    message('o-2', bytesHeader('b3', `${originalTrace}-${originalSpan}-1`)),
    message('o-3@shop.example'),
    message('o-4', bytesHeader('traceparent', `00-${'0'.repeat(32)}-${originalSpan}-01`)),
    message('o-5', bytesHeader('traceparent', 'x'.repeat(100_000))),
  ];

  async function start(endpoint: string, changed: Partial<Masking> = {}): Promise<RealEngine> {
    const brokers = required('TEST_KAFKA_BROKERS').split(',');
    const settings = readTracing(
      undefined,
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20of-the-collector',
        OTEL_SERVICE_NAME: 'redeliver-test',
      },
      createMistakes(),
    );
    if (!settings) throw new Error('An endpoint is named, so there are settings.');
    const masking = { ...createMasking({ fields: [], headers: [], patterns: ['email'], keys: false }), ...changed };
    const tracing = await openTracing({ settings, version: '1.2.3', masking, say: () => undefined });
    const driver = createKafkaDriver({ connection: 'kafka-traces', brokers, clock: Date.now });
    const started = await startRealEngine('kafka-traces', driver, [deadLetters], { tracing });
    expect(await started.read(deadLetters)).toHaveLength(messages.length);
    return started;
  }

  beforeAll(async () => {
    foreign = await createForeignClient(required('TEST_KAFKA_BROKERS').split(','));
    for (const topic of [source, deadLetters]) await foreign.createTopic(topic, 1);
    await foreign.put(deadLetters, messages);
    collector = await startCollector();
    engine = await start(collector.endpoint);
  });

  afterAll(async () => {
    await engine?.close();
    await collector?.close();
    await foreign?.close();
  });

  let sentBefore = 0;
  /** Replays everything; answers it with what the foreign consumer got. */
  async function replayed(options: Partial<ReplayOptions>, by = engine) {
    const replay = await by.replayAll(deadLetters, options);
    expect(replay.account).toMatchObject({ total: messages.length, settled: messages.length });
    const received = (await foreign.receive(destination, sentBefore + messages.length)).slice(sentBefore);
    sentBefore += messages.length;
    return { replay, received: received.map(({ headers }) => indexHeaders(headers)) };
  }

  it('reach a collector: one of the whole, and one of each send, linked to the trace that the message came from', async () => {
    const { replay, received } = await replayed({});
    const spans = await collector.received(messages.length + 1);
    const trace = replayTrace(replay);
    const root = spans.find(({ name }) => name === 'replay');
    expect(root).toMatchObject({
      traceId: trace.traceId,
      spanId: trace.spanId,
      parentSpanId: '',
      attributes: { 'redeliver.replay.number': replay.number, 'redeliver.items.sent': 5, 'redeliver.items.failed': 0 },
      resource: { 'service.name': 'redeliver-test', 'service.version': '1.2.3' },
    });
    const items = await engine.store.ledger.listItems(replay.id, { after: null, limit: 10 });
    const sends = items.map(({ id }) => spans.find(({ spanId }) => spanId === itemTrace(trace, id).spanId));
    expect(sends[0]).toMatchObject({
      traceId: trace.traceId,
      parentSpanId: trace.spanId,
      name: `send ${source}`,
      kind: 4,
      status: 0,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.type': 'send',
        'messaging.destination.name': source,
        'messaging.destination.partition.id': '0',
        'messaging.kafka.message.key': 'o-1',
        'messaging.kafka.offset': 0,
        'redeliver.replay.id': replay.id,
        'redeliver.item.id': items[0]?.id,
        'redeliver.message.id': items[0]?.messageId,
      },
    });
    const original = `${originalTrace}-${originalSpan}`;
    expect(sends.map((span) => span?.links)).toEqual([[original], [original], [], [], []]);
    // What is masked in the console is masked here.
    expect(JSON.stringify(sends[2]?.attributes)).not.toContain('shop.example');
    expect(
      JSON.stringify(spans, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('secret-of');
    for (const span of spans) {
      expect(Number(span.from / 1_000_000n)).toBeGreaterThanOrEqual(replay.confirmedAt ?? Infinity);
      expect(span.to).toBeGreaterThanOrEqual(span.from);
    }
    expect(collector.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { authorization: 'Bearer of-the-collector', 'content-type': 'application/x-protobuf' },
    });
    // The messages themselves tell of the trace that they came from, and of nothing else.
    expect(received.map((headers) => headers.text('traceparent'))).toEqual(
      messages.map(({ headers }) => indexHeaders(headers).text('traceparent')),
    );
  });

  it('continue the trace of the caller, and so do the messages where that was asked for', async () => {
    const before = collector.spans.length;
    const traceparent = `00-${callerTrace}-${callerSpan}-01`;
    const { replay, received } = await replayed({
      traceContext: 'replace',
      callerTrace: { traceparent, tracestate: 'shop=1' },
    });
    const spans = (await collector.received(before + messages.length + 1)).slice(before);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([callerTrace]));
    expect(spans.find(({ name }) => name === 'replay')?.parentSpanId).toBe(callerSpan);
    const items = await engine.store.ledger.listItems(replay.id, { after: null, limit: 10 });
    for (const [index, headers] of received.entries()) {
      const { spanId } = itemTrace(replayTrace(replay), items[index]?.id ?? '');
      expect(headers.text('traceparent')).toBe(`00-${callerTrace}-${spanId}-01`);
      expect(headers.text('tracestate')).toBe('shop=1');
      expect(spans.some((span) => span.spanId === spanId)).toBe(true);
    }
    expect(received.map((headers) => headers.text('replay-original-traceparent'))).toEqual([
      ...[`00-${originalTrace}-${originalSpan}-01`, `00-${originalTrace}-${originalSpan}-01`],
      ...[undefined, undefined, undefined],
    ]);
  });

  it('are none where the caller records nothing, and its messages say so', async () => {
    const before = collector.spans.length;
    const traceparent = `00-${callerTrace}-${callerSpan}-00`;
    const { received } = await replayed({
      traceContext: 'replace',
      callerTrace: { traceparent, tracestate: null },
    });
    expect(received[0]?.text('traceparent')).toMatch(new RegExp(`^00-${callerTrace}-[\\da-f]{16}-00$`));
    // The next replay's are the next to come.
    const { replay } = await replayed({});
    const spans = (await collector.received(before + messages.length + 1)).slice(before);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([replayTrace(replay).traceId]));
  });

  it('have a root also where the replay is cancelled while it is paused', async () => {
    const before = collector.spans.length;
    const planned = await engine.planAll(deadLetters, { ratePerSecond: 1 });
    await engine.confirm(planned);
    const { ledger } = engine.store;
    await vi.waitUntil(async () => (await ledger.getReplay(planned.id)).account.planned < messages.length, {
      timeout: 30_000,
    });
    await ledger.setReplayState(planned.id, { state: 'paused', at: Date.now() });
    await vi.waitUntil(
      async () => {
        const { intended, sent } = (await ledger.getReplay(planned.id)).account;
        return intended + sent === 0;
      },
      { timeout: 30_000 },
    );
    const { account } = await ledger.setReplayState(planned.id, { state: 'cancelled', at: Date.now() });
    sentBefore += account.settled;
    const spans = (await collector.received(before + account.settled + 1)).slice(before);
    expect(spans.filter(({ name }) => name === 'replay')).toMatchObject([
      { spanId: replayTrace(planned).spanId, attributes: { 'redeliver.replay.state': 'cancelled' } },
    ]);
  });

  it('that cannot be made cost no outcome', async () => {
    const masking = {
      text: () => {
        throw new RangeError('of a payload');
      },
    };
    const alone = await start(collector.endpoint, masking);
    const { replay } = await replayed({}, alone);
    expect(replay.account.settled).toBe(messages.length);
    await alone.close();
  });

  it('hold nothing up where nobody takes them', async () => {
    // Of all ports that one where a collector was, and is no more.
    await collector.close();
    const alone = await start(collector.endpoint);
    const began = Date.now();
    await replayed({}, alone);
    expect(Date.now() - began).toBeLessThan(20_000);
    await alone.close();
  });
});
