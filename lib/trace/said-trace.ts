import type { HeaderIndex } from '#lib/conventions/header-index.ts';
import { isZero, parseTraceContext, sampledFlag, type TraceContext } from '#lib/trace/trace-context.ts';

/** What a message says of the trace that it belongs to. */
export interface SaidTrace {
  /** Hex digits in lower case: 32, or 16 where the tracer's ids have 64 bits. */
  readonly traceId: string;
  /** 16 hex digits; `null` where only the trace is named. */
  readonly spanId: string | null;
  readonly isSampled: boolean;
  /** The very header, where it is W3C's. */
  readonly traceparent: string | null;
}

/** What is looked at besides headers and properties, where the envelope may say it, too. */
type Field = (name: 'traceparent') => string | undefined;

/**
 * The trace that a message belongs to, as its headers or the broker's properties say it; `null` where nobody says one, or it is not one. W3C first:
 * of several propagators it is the one that all understand.
 */
export function readSaidTrace(headers: HeaderIndex, properties: HeaderIndex, said?: Field): SaidTrace | null {
  const w3c =
    headers.firstText('traceparent', 'ce_traceparent', 'ce-traceparent', 'cloudevents:traceparent') ??
    said?.('traceparent');
  return (
    ofW3c(w3c) ??
    ofB3(headers.text('b3')) ??
    ofB3Headers(headers) ??
    ofJaeger(headers.text('uber-trace-id')) ??
    ofXRay(headers.firstText('awstraceheader', 'x-amzn-trace-id') ?? properties.text('awstraceheader'))
  );
}

/** As another span can point at it: 64-bit ids have zeros before them, as OpenTelemetry's own propagators put them. `null` where no span is named. */
export function contextOf({ traceId, spanId, isSampled }: SaidTrace): TraceContext | null {
  if (spanId === null) return null;
  return { traceId: traceId.padStart(32, '0'), spanId, flags: isSampled ? sampledFlag : 0, tracestate: null };
}

function ofW3c(text: string | undefined): SaidTrace | null {
  const context = parseTraceContext(text);
  if (context === null || text === undefined) return null;
  const { traceId, spanId, flags } = context;
  return { traceId, spanId, isSampled: (flags & sampledFlag) !== 0, traceparent: text };
}

/** `{trace id}-{span id}-{sampled}-{parent}`, and `0` alone for "not sampled": https://github.com/openzipkin/b3-propagation#single-header */
function ofB3(text: string | undefined): SaidTrace | null {
  const [, traceId, spanId, sampled] =
    /^([\da-f]{16}|[\da-f]{32})-([\da-f]{16})(?:-([01d])(?:-[\da-f]{16})?)?$/i.exec(text ?? '') ?? [];
  return said(traceId, spanId, sampled !== '0');
}

function ofB3Headers(headers: HeaderIndex): SaidTrace | null {
  const traceId = /^(?:[\da-f]{16}|[\da-f]{32})$/i.exec(headers.text('x-b3-traceid') ?? '')?.[0];
  return said(traceId, headers.text('x-b3-spanid'), headers.text('x-b3-sampled') !== '0');
}

/** `{trace id}:{span id}:{parent}:{flags}`, at times URL-encoded; leading zeros may be left out: https://www.jaegertracing.io/sdk-migration/ */
function ofJaeger(text: string | undefined): SaidTrace | null {
  const [, digits, spanId, flags] =
    /^([\da-f]{1,32})(?::|%3a)([\da-f]{1,16})(?::|%3a)[\da-f]{1,16}(?::|%3a)([\da-f]{1,2})$/i.exec(text ?? '') ?? [];
  if (digits === undefined || spanId === undefined || flags === undefined) return null;
  const sampled = (Number.parseInt(flags, 16) & 1) !== 0;
  return said(digits.padStart(digits.length <= 16 ? 16 : 32, '0'), spanId.padStart(16, '0'), sampled);
}

/**
 * `Root=1-{8 digits of time}-{24 digits};Parent=…`. Without its version and dashes it is the W3C id that OpenTelemetry gives to the same trace:
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
 */
function ofXRay(text: string | undefined): SaidTrace | null {
  const header = text?.slice(0, 1_000) ?? '';
  const [, time, rest] = /(?:^|;)\s{0,5}Root=1-([\da-f]{8})-([\da-f]{24})(?:;|$)/i.exec(header) ?? [];
  if (time === undefined || rest === undefined) return null;
  const spanId = /(?:^|;)\s{0,5}Parent=([\da-f]{16})(?:;|$)/i.exec(header)?.[1];
  return said(time + rest, spanId, !/(?:^|;)\s{0,5}Sampled=0(?:;|$)/i.test(header));
}

function said(traceId: string | undefined, spanId: string | undefined, isSampled: boolean): SaidTrace | null {
  if (traceId === undefined || isZero(traceId)) return null;
  const isSpan = spanId !== undefined && /^[\da-f]{16}$/i.test(spanId) && !isZero(spanId);
  return {
    traceId: traceId.toLowerCase(),
    spanId: isSpan ? spanId.toLowerCase() : null,
    isSampled,
    traceparent: null,
  };
}
