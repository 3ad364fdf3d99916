import type { HeaderIndex } from '#lib/conventions/header-index.ts';

/** Which messages belong together, and which one was the reason for this one. */
export interface Correlation {
  readonly correlationId: string | null;
  /** Of the message that this one came of: mostly its event id. */
  readonly causationId: string | null;
}

/** A field of the envelope in the body, or of the metadata in it: the first of these names that has a value. */
type Field = (...names: readonly string[]) => string | undefined;

/** As the headers say it, else the broker's property, else the envelope. */
export function readCorrelation(
  headers: HeaderIndex,
  properties: HeaderIndex,
  field: Field,
  isMassTransit: boolean,
): Correlation {
  const axon = ofAxon(headers);
  return {
    correlationId:
      axon?.correlationId ??
      headers.firstText(...correlationNames) ??
      properties.text('correlation-id') ??
      field('correlationId', 'correlationid', 'correlation_id', '$correlationId') ??
      headers.firstText(...conversationNames) ??
      (isMassTransit ? field('conversationId') : undefined) ??
      null,
    causationId:
      axon?.causationId ??
      headers.firstText(...causationNames) ??
      field('causationId', 'causationid', 'causation_id', '$causationId') ??
      (isMassTransit ? field('initiatorId') : undefined) ??
      null,
  };
}

const correlationNames = [
  ...(['correlation-id', 'x-correlation-id', 'correlationid', 'correlation_id', 'x-correlationid'] as const),
  ...(['ce_correlationid', 'ce-correlationid', 'cloudevents:correlationid', '$correlationid'] as const),
  ...(['nservicebus.correlationid', 'rbs2-corr-id', 'kafka_correlationid'] as const),
] as const;

/** MassTransit and NServiceBus give each message of a conversation its id, also where nobody set a correlation. */
const conversationNames = ['conversationid', 'conversation-id', 'nservicebus.conversationid'] as const;

const causationNames = [
  ...(['causation-id', 'x-causation-id', 'causationid', 'causation_id', 'x-causationid'] as const),
  ...(['ce_causationid', 'ce-causationid', 'cloudevents:causationid', '$causationid'] as const),
  ...(['nservicebus.relatedto', 'rbs2-in-reply-to', 'mt-initiatorid'] as const),
] as const;

/**
 * Axon's metadata as its Kafka extension sends it. Until version 4 `correlationId` names the message before, and `traceId` the first of all; version 5
 * says `causationId` and `correlationId`: https://docs.axoniq.io/axon-framework-reference/latest/messaging-concepts/message-correlation/
 */
function ofAxon(
  headers: HeaderIndex,
): { correlationId: string | undefined; causationId: string | undefined } | undefined {
  const first = headers.firstText('axon-metadata-traceid');
  const correlation = headers.firstText('axon-metadata-correlationid');
  const cause = headers.firstText('axon-metadata-causationid');
  if (first === undefined && correlation === undefined && cause === undefined) return undefined;
  if (cause !== undefined || first === undefined) return { correlationId: correlation, causationId: cause };
  return { correlationId: first, causationId: correlation };
}
