import { expect, test } from 'vitest';
import { type ReplayOptions, usualOptions } from '#lib/domain/replay.ts';
import { replayTraceHref } from '#server/queries/trace-href.ts';

const aReplay = (options: Partial<ReplayOptions> = {}, startedAt: number | null = 1) => ({
  id: 'replay-1',
  options: { ...usualOptions, ...options },
  startedAt,
});
const traceTemplate = 'https://tracing.internal/trace/{traceId}';
const callerTrace = { traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`, tracestate: null };

test('a replay leads to its trace where a tracing system may know of it', () => {
  const plain = aReplay();
  const replaced = aReplay({ traceContext: 'replace' });
  const own = replayTraceHref({ traceTemplate }, replaced);
  expect(own).toMatch(/^https:\/\/tracing\.internal\/trace\/[\da-f]{32}$/);
  expect(replayTraceHref({ traceTemplate, exportsTraces: true }, plain)).toBe(own);
  expect(replayTraceHref({ traceTemplate }, aReplay({ callerTrace }))).toBe(
    `https://tracing.internal/trace/${'c'.repeat(32)}`,
  );
});

test('it leads nowhere where nothing tells of its trace, nothing was sent, or no template is set', () => {
  expect(replayTraceHref({ traceTemplate }, aReplay())).toBeNull();
  expect(replayTraceHref({ exportsTraces: true }, aReplay())).toBeNull();
  const all = { traceTemplate, exportsTraces: true };
  expect(replayTraceHref(all, aReplay({}, null))).toBeNull();
  expect(replayTraceHref(all, aReplay({ action: 'discard' }))).toBeNull();
});
