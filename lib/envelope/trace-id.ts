import type { HeaderIndex } from '#lib/conventions/header-index.ts';

/**
 * The trace that a message belongs to, as its headers or the broker's properties say it: hex digits in lower case, 32, or 16 where the tracer's ids
 * have 64 bits. `null` where nobody says one, or it is not one. W3C first: of several propagators it is the one that all understand.
 */
export function readTraceId(
  headers: HeaderIndex,
  properties: HeaderIndex,
  said: (name: 'traceparent') => string | undefined,
): string | null {
  const w3c =
    headers.firstText('traceparent', 'ce_traceparent', 'ce-traceparent', 'cloudevents:traceparent') ??
    said('traceparent');
  return (
    ofW3c(w3c) ??
    ofB3(headers.text('b3')) ??
    ofHex(headers.text('x-b3-traceid')) ??
    ofJaeger(headers.text('uber-trace-id')) ??
    ofXRay(headers.firstText('awstraceheader', 'x-amzn-trace-id') ?? properties.text('awstraceheader')) ??
    ofKarafka(headers.text('source_trace_id'))
  );
}

/** https://www.w3.org/TR/trace-context/#traceparent-header */
function ofW3c(text: string | undefined): string | null {
  return text === undefined ? null : ofHex(/^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(text)?.[1]);
}

/** `{trace id}-{span id}-{sampled}-{parent}`, and `0` alone for "not sampled": https://github.com/openzipkin/b3-propagation#single-header */
function ofB3(text: string | undefined): string | null {
  return text === undefined
    ? null
    : ofHex(/^([\da-f]{16}|[\da-f]{32})-[\da-f]{16}(?:-[01d](?:-[\da-f]{16})?)?$/i.exec(text)?.[1]);
}

/** `{trace id}:{span id}:{parent}:{flags}`, at times URL-encoded; leading zeros may be left out: https://www.jaegertracing.io/sdk-migration/ */
function ofJaeger(text: string | undefined): string | null {
  if (text === undefined) return null;
  const digits = /^([\da-f]{1,32})(?::|%3a)[\da-f]{1,16}(?::|%3a)[\da-f]{1,16}(?::|%3a)[\da-f]{1,2}$/i.exec(text)?.[1];
  return digits === undefined ? null : ofHex(digits.padStart(digits.length <= 16 ? 16 : 32, '0'));
}

/**
 * `Root=1-{8 digits of time}-{24 digits};Parent=…`. Without its version and dashes it is the W3C id that OpenTelemetry gives to the same trace:
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
 */
function ofXRay(text: string | undefined): string | null {
  const [, time, rest] =
    /(?:^|;)\s{0,5}Root=1-([\da-f]{8})-([\da-f]{24})(?:;|$)/i.exec(text?.slice(0, 1_000) ?? '') ?? [];
  return time === undefined || rest === undefined ? null : ofHex(time + rest);
}

/** A UUID of Karafka's own, by which its error log names the failure. */
function ofKarafka(text: string | undefined): string | null {
  return text !== undefined && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) ? text.toLowerCase() : null;
}

/** Zeros alone are the invalid id in every notation. */
function ofHex(digits: string | undefined): string | null {
  if (digits === undefined || !/^(?:[\da-f]{16}|[\da-f]{32})$/i.test(digits) || /^0+$/.test(digits)) return null;
  return digits.toLowerCase();
}
