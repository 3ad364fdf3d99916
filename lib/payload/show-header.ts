import { utf8 } from '#lib/conventions/header-index.ts';
import { builtInChain, type ConventionChain } from '#lib/conventions/chain.ts';
import { isReplayHeader } from '#lib/conventions/replay-headers.ts';
import type { Header, HeaderValue } from '#lib/domain/message.ts';
import type { Masking, RulesMet } from '#lib/masking/masking.ts';
import { maskHeader } from '#lib/masking/mask-message.ts';

export type HeaderGroup = 'failure' | 'routing' | 'trace' | 'replay' | 'business' | 'broker';

export interface HeaderView {
  readonly name: string;
  readonly text: string | null;
  readonly type: string | null;
  readonly sizeBytes: number;
  readonly truncated: boolean;
  readonly maskedBy: readonly string[];
  readonly group: HeaderGroup;
}

const maxCharacters = 16_000;
const maxBinaryBytes = 64;

export function showHeader(
  given: Header,
  isProperty: boolean,
  { masking, conventions = builtInChain }: { readonly masking?: Masking; readonly conventions?: ConventionChain } = {},
): HeaderView {
  const rules: RulesMet = new Set();
  const header = masking ? maskHeader(given, masking, rules) : given;
  const { text, type, sizeBytes } = showValue(header.name, header.value);
  const truncated = text !== null && text.length > maxCharacters;
  return {
    name: header.name,
    text: truncated ? `${text.slice(0, maxCharacters)}…` : text,
    type,
    sizeBytes,
    truncated,
    maskedBy: [...rules],
    group: isProperty ? 'broker' : headerGroup(given.name, conventions),
  };
}

/** The text of a header's value to its end: for files. */
export function wholeHeaderText({ name, value }: Header): string | null {
  return showValue(name, value).text;
}

const trace =
  /^(?:traceparent|tracestate|baggage|b3|x-b3-.*|uber-trace-id|AWSTraceHeader|(?:x-)?(?:correlation|causation)[-_]?id|conversation-?id|(?:x-)?request-id)$/i;
const routing =
  /^(?:CC|BCC|reply-to|x-match|(?:x-)?(?:destination|route|topic|exchange|routing-key|partition-key)|content-type|content-encoding|schema-version|ce_.*|ce-.*|cloudEvents:.*)$/i;

/** What a header of the message's own speaks of, by its name. */
export function headerGroup(name: string, conventions: ConventionChain = builtInChain): HeaderGroup {
  if (isReplayHeader(name)) return 'replay';
  if (conventions.owns(name)) return 'failure';
  if (trace.test(name)) return 'trace';
  return routing.test(name) ? 'routing' : 'business';
}

function showValue(name: string, value: HeaderValue): { text: string | null; type: string | null; sizeBytes: number } {
  switch (value.kind) {
    case 'null':
      return { text: null, type: null, sizeBytes: 0 };
    case 'bytes':
      return showBytes(name, value.bytes, value.type);
    case 'text':
      return { text: value.text, type: value.type ?? null, sizeBytes: new TextEncoder().encode(value.text).length };
    case 'integer':
    case 'decimal':
      return { text: value.text, type: value.type ?? value.kind, sizeBytes: value.text.length };
    case 'timestamp':
      return { text: `${value.text} (${isoOf(value.text, value.unit)})`, type: 'timestamp', sizeBytes: 8 };
    case 'number':
      return { text: String(value.value), type: value.type ?? 'number', sizeBytes: 8 };
    case 'boolean':
      return { text: String(value.value), type: 'boolean', sizeBytes: 1 };
    case 'table':
    case 'list': {
      const text = JSON.stringify(plain(value), null, 2);
      return { text, type: value.kind, sizeBytes: text.length };
    }
  }
}

/** Spring Kafka writes its numbers in binary; only these names are read so, everything else that is not text is shown in hex. */
const binaryIntegers =
  /^(?:kafka_(?:dlt-)?original-(?:partition|offset|timestamp)|kafka_deliveryAttempt|retry_topic-attempts|x-original-(?:partition|offset|timestamp))$/i;

export function isBinaryInteger(name: string, bytes: Uint8Array): boolean {
  return mayBeBinaryInteger(bytes.length) && binaryIntegers.test(name);
}

/** By its size alone. */
export function mayBeBinaryInteger(sizeBytes: number): boolean {
  return sizeBytes === 4 || sizeBytes === 8;
}

export function showBytes(
  name: string,
  bytes: Uint8Array,
  type: string | undefined,
): { text: string; type: string | null; sizeBytes: number } {
  if (isBinaryInteger(name, bytes)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return bytes.length === 4
      ? { text: String(view.getInt32(0)), type: 'int32, binary', sizeBytes: 4 }
      : { text: String(view.getBigInt64(0)), type: 'int64, binary', sizeBytes: 8 };
  }
  const text = utf8(bytes);
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (text !== undefined && !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text))
    return { text, type: type ?? null, sizeBytes: bytes.length };
  const hex = Array.from(bytes.subarray(0, maxBinaryBytes), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return {
    text: bytes.length > maxBinaryBytes ? `${hex} … (${bytes.length} bytes)` : hex,
    type: 'binary',
    sizeBytes: bytes.length,
  };
}

function isoOf(text: string, unit: 's' | 'ms'): string {
  const at = Number(text) * (unit === 's' ? 1000 : 1);
  return Number.isFinite(at) && Math.abs(at) <= 8_640_000_000_000_000 ? new Date(at).toISOString() : 'no valid instant';
}

/** A nested value as plain data for pretty printing; integers stay text, so that no digit is lost. */
function plain(value: HeaderValue): unknown {
  switch (value.kind) {
    case 'null':
      return null;
    case 'table':
      return Object.fromEntries(value.entries.map((entry) => [entry.name, plain(entry.value)]));
    case 'list':
      return value.items.map(plain);
    case 'number':
    case 'boolean':
      return value.value;
    case 'bytes':
      return showBytes('', value.bytes, undefined).text;
    case 'text':
    case 'decimal':
      return value.text;
    case 'integer':
      return Number.isSafeInteger(Number(value.text)) ? Number(value.text) : value.text;
    case 'timestamp':
      return isoOf(value.text, value.unit);
  }
}
