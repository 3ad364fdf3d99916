import type { ReplayOptions } from '#lib/domain/replay.ts';
import { parseTraceContext, traceparentOf } from '#lib/trace/trace-context.ts';

/** Who asks. Until there are users it is the address, and whether it is a browser or a script. */
export interface Caller {
  readonly actor: string;
  readonly from: string;
  /** The trace that the request belongs to, as its headers say it. */
  readonly trace?: NonNullable<ReplayOptions['callerTrace']>;
}

/** Set by the process for every request, over whatever the client sent. */
export const callerAddressHeader = 'x-redeliver-from';

export function callerOf(request: Request): Caller {
  const address = request.headers.get(callerAddressHeader) ?? 'unknown';
  const kind = request.headers.get('sec-fetch-site') === null ? 'script' : 'console';
  const trace = parseTraceContext(request.headers.get('traceparent'), request.headers.get('tracestate'));
  return {
    actor: kind === 'script' ? 'script' : 'operator',
    from: `${address} ${kind}`,
    ...(trace && { trace: { traceparent: traceparentOf(trace), tracestate: trace.tracestate } }),
  };
}
