import type { LetterView } from '#lib/conventions/convention.ts';
import { readJsonFields, type JsonFields } from '#lib/conventions/json-fields.ts';
import { textField } from '#lib/conventions/json-text.ts';
import { readTraceId } from '#lib/envelope/trace-id.ts';

/** Who an event is, as its envelope, its headers or the broker's properties say. */
export interface Envelope {
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly correlationId: string | null;
  /** As `trace-id.ts` reads it. */
  readonly traceId: string | null;
  readonly occurredAt: number | null;
}

/** The envelopes of shared/facts/conventions.md: `{ id, type, … }`, `{ eventId, eventType, … }`, CloudEvents, an SNS notification around one of these. */
export function readEnvelope(letter: LetterView): Envelope {
  const { headers, properties } = letter;
  const body = letter.body();
  const notified = textField(body, 'Type') === 'Notification' ? textField(body, 'Message') : undefined;
  const inner = notified === undefined ? body : (readJsonFields(notified) ?? body);
  const field = (...names: readonly string[]) => firstString(inner, names);
  const stamp = properties.value('timestamp');
  return {
    eventId:
      field('eventId', 'id') ??
      headers.firstText('ce_id', 'ce-id', 'cloudevents:id', 'event-id') ??
      properties.text('message-id') ??
      null,
    eventType:
      field('eventType', 'type') ??
      headers.firstText('ce_type', 'ce-type', 'cloudevents:type', 'event-type') ??
      properties.text('type') ??
      null,
    correlationId:
      headers.firstText('correlation-id', 'x-correlation-id', 'correlationid') ??
      properties.text('correlation-id') ??
      field('correlationId', 'correlationid') ??
      null,
    traceId: readTraceId(headers, properties, field),
    occurredAt:
      instant(field('occurredAt', 'timestamp', 'time')) ??
      // AMQP's timestamp property is the producer's, in seconds; Kafka's, in milliseconds, is that of the dead letter itself.
      (stamp?.kind === 'timestamp' && stamp.unit === 's' ? Number(stamp.text) * 1000 : null),
  };
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
