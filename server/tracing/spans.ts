import { indexHeaders, type LowerCase, utf8 } from '#lib/conventions/header-index.ts';
import { originalTraceHeader } from '#lib/conventions/replay-headers.ts';
import type { ErrorRecord } from '#lib/domain/errors.ts';
import type { Destination, RawMessage } from '#lib/domain/message.ts';
import type { Replay, ReplayItem } from '#lib/domain/replay.ts';
import { maskDestination, maskKeyText } from '#lib/masking/mask-message.ts';
import type { Masking } from '#lib/masking/masking.ts';
import { contextOf, readSaidTrace } from '#lib/trace/said-trace.ts';
import { parseTraceContext, type TraceContext } from '#lib/trace/trace-context.ts';
import type { PublishOutcome } from '#server/brokers/driver.ts';
import { callerOf, itemTrace } from '#server/tracing/replay-trace.ts';

/** Epoch milliseconds. */
export interface SpanTime {
  readonly from: number;
  readonly to: number;
}

/** A span that has ended, before any exporter's way to say it. */
export interface Span {
  readonly name: string;
  readonly kind: 'internal' | 'producer';
  readonly context: TraceContext;
  readonly parent: TraceContext | null;
  readonly time: SpanTime;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly links: readonly TraceContext[];
  readonly error: ErrorRecord['code'] | null;
}

export interface SentItem {
  readonly item: ReplayItem;
  /** As it lay in its queue. */
  readonly raw: RawMessage;
  readonly outcome: PublishOutcome;
}

/** The whole of a replay: a root, or under the span of whoever asked for it. */
export function replaySpan(context: TraceContext, replay: Replay): Span {
  const { account, options } = replay;
  const from = replay.startedAt ?? replay.confirmedAt ?? replay.createdAt;
  return {
    name: options.action,
    kind: 'internal',
    context,
    parent: callerOf(options),
    time: { from, to: Math.max(from, replay.finishedSendingAt ?? replay.settledAt ?? from) },
    attributes: {
      ...ofReplay(replay),
      'redeliver.replay.action': options.action,
      'redeliver.replay.state': replay.state,
      'redeliver.items.total': account.total,
      'redeliver.items.sent': account.sent + account.settled,
      'redeliver.items.failed': account.failed,
      'redeliver.items.unknown': account.unknown,
      'redeliver.items.skipped': account.skipped,
    },
    links: [],
    error: null,
  };
}

/**
 * The send of one message, by OpenTelemetry's conventions for messaging: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 * It links to the trace that the message tells of, and to the one before an earlier replay put its own in its place. No payload, no error text,
 * and nothing that is masked here.
 */
export function itemSpan(
  replayContext: TraceContext,
  replay: Replay,
  { item, raw, outcome }: SentItem,
  time: SpanTime,
  masking: Masking | undefined,
): Span {
  const { destination } = item;
  const to = destination && placeOf(masking ? maskDestination(destination, masking) : destination);
  const operation = to?.system === 'rabbitmq' ? 'publish' : 'send';
  return {
    name: to === null ? operation : `${operation} ${to.name}`,
    kind: 'producer',
    context: itemTrace(replayContext, item.id),
    parent: replayContext,
    time,
    attributes: {
      ...(to && { 'messaging.system': to.system }),
      'messaging.operation.name': operation,
      'messaging.operation.type': 'send',
      ...(to && { 'messaging.destination.name': to.name }),
      ...(to?.routingKey !== undefined && { 'messaging.rabbitmq.destination.routing_key': to.routingKey }),
      ...ofMessage(raw, to?.system ?? null, masking),
      ...(outcome.kind === 'sent' && to && ofPosition(to.system, outcome.position)),
      ...ofReplay(replay),
      'redeliver.item.id': item.id,
      'redeliver.item.outcome': outcome.kind,
      'redeliver.message.id': item.messageId,
      'redeliver.queue': item.queueId,
      ...(outcome.kind !== 'sent' && { 'error.type': outcome.error.code }),
    },
    links: originalsOf(raw),
    error: outcome.kind === 'sent' ? null : outcome.error.code,
  };
}

function ofReplay({ id, number }: Replay): Span['attributes'] {
  return { 'redeliver.replay.id': id, 'redeliver.replay.number': number };
}

type System = 'kafka' | 'rabbitmq' | 'aws_sqs';

function placeOf(destination: Destination): { system: System; name: string; routingKey?: string } {
  switch (destination.kind) {
    case 'kafka':
      return { system: 'kafka', name: destination.topic };
    case 'rabbitmq': {
      const { exchange, routingKey } = destination;
      return { system: 'rabbitmq', name: [exchange, routingKey].filter((part) => part !== '').join(':'), routingKey };
    }
    case 'sqs':
      return { system: 'aws_sqs', name: destination.queue };
  }
}

/** A key is at times a whole document: then it says nothing to who looks for it. */
const keyBytesMax = 200;

function ofMessage(raw: RawMessage, system: System | null, masking: Masking | undefined): Span['attributes'] {
  const key = raw.key !== null && raw.key.length <= keyBytesMax ? utf8(raw.key) : undefined;
  const messageId = masking?.headerRule('message-id') ? undefined : textOf(raw, 'message-id');
  if (system === 'kafka')
    return {
      ...(raw.body === null && { 'messaging.kafka.message.tombstone': true }),
      ...(key !== undefined && {
        'messaging.kafka.message.key': masking ? maskKeyText(key, masking, { isLane: false }) : key,
      }),
    };
  if (system === 'rabbitmq' && messageId !== undefined)
    return { 'messaging.message.id': masking ? masking.text(messageId) : messageId };
  return {};
}

function textOf({ properties }: RawMessage, name: LowerCase): string | undefined {
  return indexHeaders(properties).text(name)?.slice(0, keyBytesMax);
}

/** Where it landed, as brokers say it. */
function ofPosition(system: System, position: string | null): Span['attributes'] {
  if (position === null) return {};
  if (system === 'aws_sqs') return { 'messaging.message.id': position };
  const [, partition, offset] = /^(\d+):(\d+)$/.exec(position) ?? [];
  if (system !== 'kafka' || partition === undefined || offset === undefined) return {};
  return { 'messaging.destination.partition.id': partition, 'messaging.kafka.offset': Number(offset) };
}

function originalsOf({ headers, properties }: RawMessage): readonly TraceContext[] {
  const index = indexHeaders(headers);
  const said = readSaidTrace(index, indexHeaders(properties));
  const before = parseTraceContext(index.text(originalTraceHeader));
  return [said && contextOf(said), before].filter((context) => context !== null);
}
