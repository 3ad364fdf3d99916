import type { HeaderIndex } from '#lib/conventions/header-index.ts';
import { readSaidTrace } from '#lib/trace/said-trace.ts';

/** The id of the trace that a message belongs to, as it says it; or the UUID of Karafka's own, by which its error log names the failure. */
export function readTraceId(
  headers: HeaderIndex,
  properties: HeaderIndex,
  said: (name: 'traceparent') => string | undefined,
): string | null {
  return readSaidTrace(headers, properties, said)?.traceId ?? ofKarafka(headers.text('source_trace_id'));
}

function ofKarafka(text: string | undefined): string | null {
  return text !== undefined && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : null;
}
