import { indexHeaders } from '#lib/conventions/header-index.ts';
import { originalTraceHeader } from '#lib/conventions/replay-headers.ts';
import type { Header, RawMessage } from '#lib/domain/message.ts';
import { contextOf, readSaidTrace } from '#lib/trace/said-trace.ts';
import { isSampled, type TraceContext, traceparentOf } from '#lib/trace/trace-context.ts';

/** A message that is to continue another trace than its own. */
export interface ReplacedTrace {
  /** In their order; those that tell of the trace are written anew, in the notation that they have. */
  readonly headers: readonly Header[];
  readonly properties: readonly Header[];
  /** What was not there: `traceparent`, and the original one under a name of ours. */
  readonly added: readonly (readonly [name: string, value: string])[];
}

/**
 * Puts a context in the place of the message's own. Every notation of it is written, or a receiver that reads another one than W3C's would
 * continue the old trace; `write` makes a header as the broker takes it.
 */
export function replaceTrace(
  { headers, properties }: Pick<RawMessage, 'headers' | 'properties'>,
  context: TraceContext,
  write: (name: string, value: string) => Header,
): ReplacedTrace {
  const original = readSaidTrace(indexHeaders(headers), indexHeaders(properties));
  const has = (name: string) => headers.some((header) => header.name.toLowerCase() === name);
  const said = original && (original.traceparent ?? traceparentOrNull(contextOf(original)));
  const added: [name: string, value: string][] = [];
  if (!has('traceparent')) added.push(['traceparent', traceparentOf(context)]);
  if (context.tracestate !== null && !has('tracestate')) added.push(['tracestate', context.tracestate]);
  if (said !== null && !has(originalTraceHeader)) added.push([originalTraceHeader, said]);
  const rewrite = (header: Header): readonly Header[] => {
    const notation = notations.get(header.name.toLowerCase());
    if (notation === undefined) return [header];
    const value = notation(context);
    return value === null ? [] : [write(header.name, value)];
  };
  return { headers: headers.flatMap(rewrite), properties: properties.flatMap(rewrite), added };
}

/** Whether a header, or a property of the broker's, is written anew. */
export function tellsTrace(name: string): boolean {
  return notations.has(name.toLowerCase());
}

function traceparentOrNull(context: TraceContext | null): string | null {
  return context === null ? null : traceparentOf(context);
}

const bit = (context: TraceContext) => (isSampled(context) ? '1' : '0');

/** How each header says a context; `null` where it has no place in a new one. */
const notations: ReadonlyMap<string, (context: TraceContext) => string | null> = new Map([
  ...['traceparent', 'ce_traceparent', 'ce-traceparent', 'cloudevents:traceparent'].map(
    (name) => [name, traceparentOf] as const,
  ),
  ...['tracestate', 'ce_tracestate', 'ce-tracestate', 'cloudevents:tracestate'].map(
    (name) => [name, ({ tracestate }: TraceContext) => tracestate] as const,
  ),
  ['b3', (context) => `${context.traceId}-${context.spanId}-${bit(context)}`],
  ['x-b3-traceid', ({ traceId }) => traceId],
  ['x-b3-spanid', ({ spanId }) => spanId],
  ['x-b3-sampled', bit],
  ['x-b3-parentspanid', () => null],
  ['x-b3-flags', () => null],
  ['uber-trace-id', (context) => `${context.traceId}:${context.spanId}:0:${bit(context)}`],
  ['awstraceheader', xRay],
  ['x-amzn-trace-id', xRay],
] satisfies readonly (readonly [string, (context: TraceContext) => string | null])[]);

function xRay(context: TraceContext): string {
  const { traceId, spanId } = context;
  return `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${bit(context)}`;
}
