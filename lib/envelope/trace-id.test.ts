import { describe, expect, it } from 'vitest';
import type { QueueContext } from '#lib/conventions/convention.ts';
import { normalise } from '#lib/conventions/normalise.ts';
import { aDeadLetter } from '#lib/testing/a-dead-letter.ts';

const kafka: QueueContext = { kind: 'kafka', queueName: 'orders.dlq', origins: [] };
const sqs: QueueContext = { kind: 'sqs', queueName: 'billing-dlq', origins: [] };
const id = '4bf92f3577b34da6a3ce929d0e0e4736';
const short = 'a3ce929d0e0e4736';

const notations: readonly (readonly [name: string, value: string, traceId: string | null])[] = [
  ['traceparent', `00-${id}-00f067aa0ba902b7-01`, id],
  ['ce_traceparent', `00-${id}-00f067aa0ba902b7-01`, id],
  ['ce-traceparent', `00-${id}-00f067aa0ba902b7-01`, id],
  ['cloudEvents:traceparent', `00-${id}-00f067aa0ba902b7-01`, id],
  ['traceparent', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, null],
  ['b3', `${id}-00f067aa0ba902b7-1-05e3ac9a4f6e3b90`, id],
  ['b3', `${short.toUpperCase()}-00f067aa0ba902b7`, short],
  ['b3', '0', null],
  ['X-B3-TraceId', id, id],
  ['X-B3-TraceId', short, short],
  ['X-B3-TraceId', 'not hex', null],
  ['uber-trace-id', `${id}:00f067aa0ba902b7:0:1`, id],
  ['uber-trace-id', '3ce929d0e0e4736:f067aa0ba902b7:0:1', '03ce929d0e0e4736'],
  ['uber-trace-id', `${short}%3A00f067aa0ba902b7%3A0%3A1`, short],
  [
    'AWSTraceHeader',
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    '5759e988bd862e3fe1be46a994272793',
  ],
  ['source_trace_id', '6F9619FF-8B86-D011-B42D-00CF4FC964FF', '6f9619ff-8b86-d011-b42d-00cf4fc964ff'],
  ['source_trace_id', 'x'.repeat(10_000), null],
];

describe('the trace id', () => {
  it.each(notations)('of %s: %s', (name, value, traceId) => {
    expect(normalise(aDeadLetter().withHeader(name, value).raw(), kafka).traceId).toBe(traceId);
  });

  it('of X-Ray stands among the properties of SQS', () => {
    const letter = aDeadLetter()
      .fromSqs()
      .withProperty('AWSTraceHeader', 'Self=1-1-1;Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0')
      .raw();
    expect(normalise(letter, sqs).traceId).toBe('5759e988bd862e3fe1be46a994272793');
  });

  it('of W3C counts before all others, unless it is none', () => {
    const b3 = aDeadLetter().withHeader('b3', `${short}-00f067aa0ba902b7-1`);
    expect(normalise(b3.withHeader('traceparent', `00-${id}-00f067aa0ba902b7-01`).raw(), kafka).traceId).toBe(id);
    expect(normalise(b3.withHeader('traceparent', 'nonsense').raw(), kafka).traceId).toBe(short);
  });
});
