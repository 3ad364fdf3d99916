import { builtInChain, type ConventionChain } from '#lib/conventions/chain.ts';
import {
  isReplayHeader,
  originalTimeHeader,
  originalTraceHeader,
  replayHeaderNames,
} from '#lib/conventions/replay-headers.ts';
import { bytesHeader, textHeader, type BrokerKind, type Header, type RawMessage } from '#lib/domain/message.ts';
import type { HeaderChange, ReplayOptions } from '#lib/domain/replay.ts';
import { replaceTrace, tellsTrace } from '#lib/trace/replaced-trace.ts';
import type { TraceContext } from '#lib/trace/trace-context.ts';

export interface ReplayMark {
  readonly replayId: string;
  readonly itemId: string;
  /** How often the message has been replayed, this time included. */
  readonly count: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** When it was first produced, epoch milliseconds: goes into a header, unless the message has that header already. */
  readonly originalAt?: number;
  /** The span of its send: goes in the place of the trace that the message tells of. Absent where that is kept. */
  readonly trace?: TraceContext;
}

/** SQS takes ten attributes and no more. */
export const maxSqsAttributes = 10;

/**
 * The message as it is sent back: key, body and headers byte for byte, plus the replay headers; replay headers of an earlier replay are replaced.
 * What the broker wrote while dead-lettering is left out where it would do harm, as `brokerHeaders` says.
 */
export function makeOutgoing(
  raw: RawMessage,
  kind: BrokerKind,
  mark: ReplayMark,
  failureHeaders: 'keep' | 'strip',
  conventions: ConventionChain = builtInChain,
): RawMessage {
  const { kept, added, properties } = partsOf(raw, kind, mark, failureHeaders, conventions);
  const room = kind === 'sqs' ? Math.max(0, maxSqsAttributes - kept.length) : added.length;
  const fitting = room >= added.length ? added : inOrderOfUse(added).slice(0, room);
  return { key: raw.key, body: raw.body, headers: [...kept, ...fitting], properties };
}

/** Whether everything that the mark adds fits beside the message's own headers. */
export function hasRoomForReplayHeaders(
  raw: RawMessage,
  kind: BrokerKind,
  mark: ReplayMark,
  failureHeaders: 'keep' | 'strip',
  conventions: ConventionChain = builtInChain,
): boolean {
  if (kind !== 'sqs') return true;
  const { kept, added } = partsOf(raw, kind, mark, failureHeaders, conventions);
  return kept.length + added.length <= maxSqsAttributes;
}

interface Parts {
  readonly kept: readonly Header[];
  readonly added: readonly Header[];
  readonly properties: readonly Header[];
}

function partsOf(
  raw: RawMessage,
  kind: BrokerKind,
  mark: ReplayMark,
  failureHeaders: 'keep' | 'strip',
  conventions: ConventionChain,
): Parts {
  const own = {
    headers: raw.headers.filter((header) => keepsHeader(header.name, kind, failureHeaders, conventions)),
    properties: raw.properties.filter((property) => keepsProperty(property.name, kind)),
  };
  const write = (name: string, value: string) => newHeader(kind, name, value);
  const traced = mark.trace ? replaceTrace(own, mark.trace, write) : { ...own, added: [] };
  const keepsTime = mark.originalAt !== undefined && !traced.headers.some(({ name }) => name === originalTimeHeader);
  const added = [
    ...replayHeaders(kind, mark),
    ...(keepsTime ? [write(originalTimeHeader, String(mark.originalAt))] : []),
    ...traced.added.map(([name, value]) => write(name, value)),
  ];
  return { kept: traced.headers, added, properties: traced.properties };
}

/** The header diff of the plan. */
export function headerChanges(
  raw: RawMessage,
  kind: BrokerKind,
  { failureHeaders, timestamp, traceContext }: Pick<ReplayOptions, 'failureHeaders' | 'timestamp' | 'traceContext'>,
  conventions: ConventionChain = builtInChain,
): readonly HeaderChange[] {
  const changes: HeaderChange[] = [
    { kind, change: 'added', name: 'replayed', value: 'true', why: null },
    { kind, change: 'added', name: 'replayed-at', value: null, why: 'epoch milliseconds of the send' },
    { kind, change: 'added', name: 'replay-id', value: null, why: 'this replay' },
    { kind, change: 'added', name: 'replay-item', value: null, why: 'one of a kind, by which a return is recognised' },
    { kind, change: 'added', name: 'replay-count', value: null, why: 'how often it was replayed' },
  ];
  if (timestamp === 'header')
    changes.push({ kind, change: 'added', name: originalTimeHeader, value: null, why: 'when it was first produced' });
  if (timestamp === 'original' && kind === 'kafka')
    changes.push({ kind, change: 'kept', name: 'timestamp', value: null, why: 'of the record, by choice' });
  if (traceContext === 'replace') changes.push(...traceChanges(raw, kind));
  for (const header of raw.headers) {
    if (isReplayHeader(header.name)) continue;
    if (!keepsHeader(header.name, kind, failureHeaders, conventions)) {
      const why = isBrokerHeader(header.name, kind)
        ? 'the broker wrote it while dead-lettering, and would trust it again'
        : 'failure header, stripped by choice';
      changes.push({ kind, change: 'removed', name: header.name, value: null, why });
    } else if (conventions.owns(header.name)) {
      changes.push({ kind, change: 'kept', name: header.name, value: null, why: 'failure header' });
    }
  }
  for (const property of raw.properties) {
    const why = removedProperties[kind].get(property.name);
    if (why !== undefined && why !== '')
      changes.push({ kind, change: 'removed', name: property.name, value: null, why });
  }
  return changes;
}

/** Of which the diff only says that they change: each message gets a span of its own. */
function traceChanges(raw: RawMessage, kind: BrokerKind): readonly HeaderChange[] {
  const change = (change: 'added' | 'removed', name: string, why: string): HeaderChange => ({
    kind,
    change,
    name,
    value: null,
    why,
  });
  const own = [...raw.headers, ...raw.properties].filter(({ name }) => tellsTrace(name)).map(({ name }) => name);
  const { headers, properties, added } = replaceTrace(raw, exampleTrace, (name, value) => textHeader(name, value));
  const written = new Set([...headers, ...properties].map(({ name }) => name));
  const isNew = (name: string) => name !== originalTraceHeader;
  return [
    ...[...new Set(own)].flatMap((name) => [
      change('removed', name, 'it tells of the original trace'),
      ...(written.has(name) ? [change('added', name, 'the span of this send')] : []),
    ]),
    ...added.map(([name]) => change('added', name, isNew(name) ? 'the span of this send' : 'the original trace')),
  ];
}

const exampleTrace: TraceContext = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), flags: 1, tracestate: null };

function replayHeaders(kind: BrokerKind, mark: ReplayMark): readonly Header[] {
  const values: Record<ReplayHeaderName, string> = {
    replayed: 'true',
    'replayed-at': String(mark.at),
    'replay-id': mark.replayId,
    'replay-item': mark.itemId,
    'replay-count': String(mark.count),
  };
  return replayHeaderNames.map((name) => addedHeader(kind, name, values[name]));
}

type ReplayHeaderName = (typeof replayHeaderNames)[number];

function addedHeader(kind: BrokerKind, name: ReplayHeaderName, value: string): Header {
  const last = lastAdded.get(name);
  if (last?.kind === kind && last.value === value) return last.header;
  const header = newHeader(kind, name, value);
  lastAdded.set(name, { kind, value, header });
  return header;
}

/** The messages of a batch get the same of most of them. Of our own names only: how a trace's header is written is up to whoever wrote it. */
const lastAdded = new Map<
  ReplayHeaderName,
  { readonly kind: BrokerKind; readonly value: string; readonly header: Header }
>();

function newHeader(kind: BrokerKind, name: string, value: string): Header {
  return kind === 'kafka' ? bytesHeader(name, value) : textHeader(name, value, kind === 'sqs' ? 'String' : 'longstr');
}

/** Where not all fit, those by which a return is recognised come first. */
function inOrderOfUse(headers: readonly Header[]): readonly Header[] {
  const rank = [
    ...['replay-item', 'replay-id', 'replayed', 'traceparent', 'replay-count', 'replayed-at'],
    ...[originalTimeHeader, originalTraceHeader, 'tracestate'],
  ];
  return headers.toSorted((a, b) => rank.indexOf(a.name) - rank.indexOf(b.name));
}

function keepsHeader(
  name: string,
  kind: BrokerKind,
  failureHeaders: 'keep' | 'strip',
  conventions: ConventionChain,
): boolean {
  if (isReplayHeader(name) || isBrokerHeader(name, kind)) return false;
  return failureHeaders === 'keep' || !conventions.owns(name);
}

// RabbitMQ 3.10 trusts an x-death that a client sends and may drop the next dead-lettering as a cycle; CC and BCC would send copies again.
const rabbitHeaders =
  /^(?:x-death|x-(?:first|last)-death-(?:queue|reason|exchange)|x-delivery-count|x-opt-deaths|CC|BCC)$/;

/** What the broker wrote while dead-lettering: it is never sent back to it. */
export function isBrokerHeader(name: string, kind: BrokerKind): boolean {
  return kind === 'rabbitmq' && rabbitHeaders.test(name);
}

/** Properties that are not sent again, with the reason where an operator should know it. */
const removedProperties: Readonly<Record<BrokerKind, ReadonlyMap<string, string>>> = {
  kafka: new Map([
    ['partition', ''],
    ['offset', ''],
    ['timestamp', ''],
    ['timestamp-type', ''],
  ]),
  rabbitmq: new Map([
    ['exchange', ''],
    ['routing-key', ''],
    ['redelivered', ''],
    ['user-id', 'the broker refuses a user id that is not the login of the sender'],
    ['expiration', 'it would expire again'],
  ]),
  sqs: new Map(),
};

/** SQS's own attributes come and go with each send; only these two belong to the sender. */
const keptSqsProperties = new Set(['MessageGroupId', 'AWSTraceHeader']);

function keepsProperty(name: string, kind: BrokerKind): boolean {
  return kind === 'sqs' ? keptSqsProperties.has(name) : !removedProperties[kind].has(name);
}
