import type { Replay } from '#lib/domain/replay.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { hasTrace, replayTrace } from '#server/tracing/replay-trace.ts';

/** An id is whatever a sender wrote: it may fill its place in the address and nothing more. */
export function traceHref({ traceTemplate }: Pick<Runtime, 'traceTemplate'>, traceId: string | null): string | null {
  // Dots alone would climb up the path.
  if (traceTemplate === undefined || traceId === null || /^\.{0,2}$/.test(traceId)) return null;
  // A function, because a dollar sign in a replacement text means something.
  return traceTemplate.replaceAll('{traceId}', () => encodeURIComponent(traceId.toWellFormed()));
}

/** Of a replay that moved something, and left a trace that a tracing system may know. */
export function replayTraceHref(
  runtime: Pick<Runtime, 'traceTemplate' | 'exportsTraces'>,
  replay: Pick<Replay, 'id' | 'options' | 'startedAt'>,
): string | null {
  const isSent = replay.options.action === 'replay' && replay.startedAt !== null;
  if (!isSent || !hasTrace(replay, runtime.exportsTraces === true)) return null;
  return traceHref(runtime, replayTrace(replay).traceId);
}
