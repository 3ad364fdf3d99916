import { describe, expect, it, test } from 'vitest';
import { valueText } from '#lib/conventions/header-index.ts';
import { usualOptions } from '#lib/domain/replay.ts';
import type { BrokerKind, Header, RawMessage } from '#lib/domain/message.ts';
import { headerChanges, makeOutgoing } from '#lib/replay/outgoing.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

const old = '4bf92f3577b34da6a3ce929d0e0e4736';
const oldSpan = '00f067aa0ba902b7';
const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), flags: 1, tracestate: null };
const written = `00-${trace.traceId}-${trace.spanId}-01`;
const mark = { replayId: 'r', itemId: 'i', count: 1, at: 1 };

const plain = (headers: readonly Header[]) =>
  Object.fromEntries(headers.map(({ name, value }) => [name, valueText(value)]));
const sent = (raw: RawMessage, kind: BrokerKind = 'kafka', tracestate: string | null = null) => {
  const { headers, properties } = makeOutgoing(raw, kind, { ...mark, trace: { ...trace, tracestate } }, 'keep');
  const {
    replayed: _,
    'replayed-at': _at,
    'replay-id': _id,
    'replay-item': _item,
    'replay-count': _n,
    ...own
  } = plain(headers);
  return { ...own, ...plain(properties.filter(({ name }) => name === 'AWSTraceHeader')) };
};

describe('a message that continues the trace of its replay', () => {
  it('has it in the place of its own, which is kept under a name of ours', () => {
    const raw = aDeadLetter()
      .withHeader('tenant', 'acme')
      .withHeader('TraceParent', `00-${old}-${oldSpan}-00`)
      .withHeader('tracestate', 'vendor=1')
      .raw();
    expect(sent(raw)).toEqual({
      tenant: 'acme',
      TraceParent: written,
      'replay-original-traceparent': `00-${old}-${oldSpan}-00`,
    });
    expect(sent(raw, 'kafka', 'mine=2')).toMatchObject({ tracestate: 'mine=2' });
  });

  it('gets a traceparent where it had none, and then there is no original one', () => {
    expect(sent(aDeadLetter().raw())).toEqual({ traceparent: written });
  });

  it('keeps the first original one over several replays', () => {
    const raw = aDeadLetter()
      .withHeader('traceparent', `00-${'c'.repeat(32)}-${oldSpan}-01`)
      .withHeader('replay-original-traceparent', `00-${old}-${oldSpan}-01`)
      .raw();
    expect(sent(raw)).toEqual({
      traceparent: written,
      'replay-original-traceparent': `00-${old}-${oldSpan}-01`,
    });
  });

  it('says it in each notation that it had', () => {
    const raw = aDeadLetter()
      .withHeader('b3', `${old.slice(16)}-${oldSpan}-1`)
      .withHeader('X-B3-TraceId', old)
      .withHeader('X-B3-SpanId', oldSpan)
      .withHeader('X-B3-ParentSpanId', oldSpan)
      .withHeader('X-B3-Sampled', '1')
      .withHeader('uber-trace-id', `${old}:${oldSpan}:0:1`)
      .raw();
    expect(sent(raw)).toEqual({
      b3: `${trace.traceId}-${trace.spanId}-1`,
      'X-B3-TraceId': trace.traceId,
      'X-B3-SpanId': trace.spanId,
      'X-B3-Sampled': '1',
      'uber-trace-id': `${trace.traceId}:${trace.spanId}:0:1`,
      traceparent: written,
      // 64-bit ids have zeros before them.
      'replay-original-traceparent': `00-${'0'.repeat(16)}${old.slice(16)}-${oldSpan}-01`,
    });
  });

  it("says it to X-Ray in SQS's own attribute", () => {
    const raw = aDeadLetter()
      .fromSqs()
      .withProperty('AWSTraceHeader', 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1')
      .raw();
    expect(sent(raw, 'sqs')).toEqual({
      AWSTraceHeader: `Root=1-${'a'.repeat(8)}-${'a'.repeat(24)};Parent=${trace.spanId};Sampled=1`,
      traceparent: written,
      'replay-original-traceparent': '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
    });
  });

  it('says nothing of an original that was none', () => {
    const raw = aDeadLetter().withHeader('traceparent', 'nonsense').withHeader('b3', '0').raw();
    expect(sent(raw)).toEqual({ traceparent: written, b3: `${trace.traceId}-${trace.spanId}-1` });
  });
});

test('a header diff names what is replaced and added, and a usual one says nothing of traces', () => {
  const raw = aDeadLetter().withHeader('traceparent', `00-${old}-${oldSpan}-01`).withHeader('tracestate', 'v=1').raw();
  const changes = (traceContext: 'keep' | 'replace') =>
    headerChanges(raw, 'kafka', { ...usualOptions, traceContext })
      .filter(({ name }) => /trace/.test(name))
      .map(({ change, name, why }) => `${change} ${name}: ${why}`);
  expect(changes('keep')).toEqual([]);
  expect(changes('replace')).toEqual([
    'removed traceparent: it tells of the original trace',
    'added traceparent: the span of this send',
    'removed tracestate: it tells of the original trace',
    'added replay-original-traceparent: the original trace',
  ]);
});
