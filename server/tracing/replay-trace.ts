import { createHash } from 'node:crypto';
import type { Replay, ReplayOptions } from '#lib/domain/replay.ts';
import { parseTraceContext, sampledFlag, type TraceContext } from '#lib/trace/trace-context.ts';

/**
 * The span of a replay as a whole: in the trace of whoever asked for the plan, or in one of its own. Its ids are made of the replay's, so that they are the
 * same after a restart, in every message of it and in every link to it, without being kept anywhere.
 */
export function replayTrace({
  id,
  options,
}: {
  readonly id: string;
  readonly options: Pick<ReplayOptions, 'callerTrace'>;
}): TraceContext {
  const caller = callerOf(options);
  const spanId = digits(`span of replay ${id}`, 16);
  return caller ? { ...caller, spanId } : { traceId: digits(id, 32), spanId, flags: sampledFlag, tracestate: null };
}

/** The span that asked for the replay; `null` where nobody said one. */
export function callerOf({ callerTrace }: Pick<ReplayOptions, 'callerTrace'>): TraceContext | null {
  return callerTrace && parseTraceContext(callerTrace.traceparent, callerTrace.tracestate);
}

/** The span of one message's send, within that of its replay. */
export function itemTrace(replay: TraceContext, itemId: string): TraceContext {
  return { ...replay, spanId: digits(`span of item ${itemId}`, 16) };
}

/** Whether messages or spans tell of the replay's trace, so that a tracing system may know it. */
export function hasTrace({ options }: Pick<Replay, 'options'>, isExported: boolean): boolean {
  return isExported || options.callerTrace !== null || options.traceContext === 'replace';
}

function digits(text: string, count: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, count);
}
