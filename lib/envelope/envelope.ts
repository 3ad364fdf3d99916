import type { LetterView } from '#lib/conventions/convention.ts';
import { readJsonFields, type JsonFields } from '#lib/conventions/json-fields.ts';
import { objectField, textField } from '#lib/conventions/json-text.ts';
import { readCorrelation } from '#lib/envelope/correlation.ts';
import { readTraceId } from '#lib/envelope/trace-id.ts';

/** Who an event is, as its envelope, its headers or the broker's properties say. */
export interface Envelope {
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly correlationId: string | null;
  readonly causationId: string | null;
  /** As `trace-id.ts` reads it. */
  readonly traceId: string | null;
  readonly occurredAt: number | null;
}

/**
 * The envelopes of shared/facts/conventions.md: `{ id, type, … }`, `{ eventId, eventType, … }`, CloudEvents in the body or in headers, an SNS
 * notification around one of these. `body` is that of the message itself: where the dead letter wraps it, what is in the wrapper.
 */
export function readEnvelope({ headers, properties }: LetterView, body: JsonFields | undefined): Envelope {
  const notified = textField(body, 'Type') === 'Notification' ? textField(body, 'Message') : undefined;
  const attributes = notified === undefined ? undefined : objectField(body, 'MessageAttributes');
  const inner = notified === undefined ? body : (readJsonFields(notified) ?? body);
  const field = (...names: readonly string[]) => firstString(inner, names) ?? firstAttribute(attributes, names);
  // In the binary mode of CloudEvents the body is the data alone: an `id` in it is that of an order, and not of the event.
  const eventId = headers.firstText(...inHeaders.id);
  const attribute = (name: keyof typeof inHeaders) =>
    eventId === undefined ? undefined : headers.firstText(...inHeaders[name]);
  const stamp = properties.value('timestamp');
  // Metadata beside the data, as stores of events keep it.
  const metadata = objectField(inner, 'metadata') ?? objectField(inner, 'meta');
  const related = (...names: readonly string[]) => field(...names) ?? firstString(metadata, names);
  const isMassTransit = inner?.has('messageType') === true && inner.has('conversationId');
  const { correlationId, causationId } = readCorrelation(headers, properties, related, isMassTransit);
  return {
    eventId:
      eventId ??
      field('eventId', 'id') ??
      headers.firstText('event-id', 'axon-message-id') ??
      properties.text('message-id') ??
      null,
    eventType:
      attribute('type') ??
      field('eventType', 'type') ??
      firstAttribute(attributes, ['event-type', 'event_type']) ??
      headers.firstText('event-type') ??
      properties.text('type') ??
      null,
    correlationId,
    causationId,
    traceId: readTraceId(headers, properties, field),
    occurredAt:
      instant(attribute('time')) ??
      instant(field('occurredAt', 'timestamp', 'time')) ??
      // AMQP's timestamp property is the producer's, in seconds; Kafka's, in milliseconds, is that of the dead letter itself.
      (stamp?.kind === 'timestamp' && stamp.unit === 's' ? Number(stamp.text) * 1000 : null),
  };
}

/** As Kafka, HTTP and AMQP spell the attributes of a CloudEvent in headers. */
const inHeaders = {
  id: ['ce_id', 'ce-id', 'cloudevents:id'],
  type: ['ce_type', 'ce-type', 'cloudevents:type'],
  time: ['ce_time', 'ce-time', 'cloudevents:time'],
} as const;

/** Of an SNS notification: `{ "Type": "String", "Value": "order.placed" }` by name. */
function firstAttribute(attributes: JsonFields | undefined, names: readonly string[]): string | undefined {
  if (attributes === undefined) return undefined;
  for (const name of names) {
    const value = textField(objectField(attributes, name), 'Value');
    if (value !== undefined) return value;
  }
  return undefined;
}

function firstString(fields: JsonFields | undefined, names: readonly string[]): string | undefined {
  if (!fields) return undefined;
  for (const name of names) {
    const value = fields.value(name);
    if (typeof value === 'string' && value !== '') return value;
    // A number beyond 2^53 has lost digits by parsing; it is no identity then.
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  }
  return undefined;
}

function instant(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) || parsed < 0 ? null : parsed;
}
