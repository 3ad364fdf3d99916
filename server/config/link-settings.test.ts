import { describe, expect, test } from 'vitest';
import { load, refusal } from '#server/config/testing/load.ts';

describe('links', () => {
  test('say where the tracing system is', () => {
    const yaml = "links: { trace: 'https://tracing.internal/trace/{traceId}?org=1' }";
    expect(load({}, yaml).links).toEqual({ trace: 'https://tracing.internal/trace/{traceId}?org=1' });
  });

  test.each([
    ["links: { trace: 'tracing.internal/{traceId}' }", 'links.trace', 'http or https address'],
    ["links: { trace: 'javascript:alert({traceId})' }", 'links.trace', 'http or https address'],
    ["links: { trace: 'https://{traceId}.internal/' }", 'links.trace', 'must hold {traceId} behind the host'],
    ["links: { trace: 'https://tracing.internal/' }", 'links.trace', 'must hold {traceId}'],
    ["links: { trace: 'https://{traceId}@tracing.internal/' }", 'links.trace', 'must hold {traceId} behind the host'],
    ["links: { traces: 'https://tracing.internal/{traceId}' }", 'links.traces', 'is not a known key'],
    ['links: { trace: 7 }', 'links.trace', 'must be an address'],
  ])('%s is refused', (yaml, key, message) => {
    const error = refusal({}, yaml);
    expect(error.details).toEqual({ key });
    expect(error.message).toContain(message);
  });
});
