import { expect, test } from 'vitest';
import { callerOf } from '#server/http/caller.ts';

const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
const traceOf = (headers: Record<string, string>) => callerOf(new Request('http://console/', { headers })).trace;

test('who asks within a trace is known by it, and by nothing that is no trace', () => {
  expect(traceOf({ traceparent, tracestate: 'shop=1,, other=2' })).toEqual({
    traceparent,
    tracestate: 'shop=1,other=2',
  });
  expect(traceOf({ traceparent, tracestate: 'not valid' })).toEqual({ traceparent, tracestate: null });
  expect(traceOf({})).toBeUndefined();
  expect(traceOf({ traceparent: 'x'.repeat(10_000), tracestate: 'shop=1' })).toBeUndefined();
  // What a later version may add is not kept.
  expect(traceOf({ traceparent: traceparent.replace('00-', 'cc-').concat('-more') })?.traceparent).toBe(traceparent);
});
