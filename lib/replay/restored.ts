import { restoredHeader } from '#lib/conventions/replay-headers.ts';
import { bytesHeader, textHeader, type BrokerKind, type Header, type RawMessage } from '#lib/domain/message.ts';
import { maxSqsAttributes } from '#lib/replay/outgoing.ts';

export interface RestoreMark {
  readonly replayId: string;
  readonly itemId: string;
}

/**
 * A discarded message as it is sent back into its dead-letter queue: as it was archived, with one header more, so that it is recognised there. What is left
 * out would be refused or would do harm; `notTheSame` says it to people.
 */
export function makeRestored(raw: RawMessage, kind: BrokerKind, mark: RestoreMark): RawMessage {
  const headers = raw.headers.filter(({ name }) => name !== restoredHeader && !leftOut[kind].headers.has(name));
  const text = `${mark.replayId}/${mark.itemId}`;
  const header =
    kind === 'kafka' ? bytesHeader(restoredHeader, text) : textHeader(restoredHeader, text, markType[kind]);
  const hasRoom = kind !== 'sqs' || headers.length < maxSqsAttributes;
  return {
    key: raw.key,
    body: raw.body,
    headers: hasRoom ? [...headers, header] : headers,
    properties: raw.properties.filter(({ name }) => !leftOut[kind].properties.has(name)),
  };
}

/** `null` where it carries no mark of ours. */
export function readRestoreMark(headers: readonly Header[]): RestoreMark | null {
  const value = headers.find(({ name }) => name === restoredHeader)?.value;
  const text =
    value?.kind === 'bytes' ? new TextDecoder().decode(value.bytes) : value?.kind === 'text' ? value.text : '';
  const [replayId = '', itemId = '', ...rest] = text.split('/');
  const isOurs = rest.length === 0 && replayId !== '' && itemId !== '' && text.length <= 200;
  return isOurs ? { replayId, itemId } : null;
}

/** What of a restored dead letter differs from the one that was discarded, for people. */
export const notTheSame: Readonly<Record<Exclude<BrokerKind, 'kafka'>, string>> = {
  rabbitmq:
    'come back at the end of the queue, through the default exchange: exchange and routing key of the dead-lettering are lost, and so are CC, BCC, user-id and expiration. x-death stays as it was, and RabbitMQ counts deliveries anew',
  sqs: 'come back with a new MessageId, a new sent time and a receive count of 0, without DeadLetterQueueSourceArn: where several queues share the dead-letter queue, a later replay asks for its destination',
};

const markType = { rabbitmq: 'longstr', sqs: 'String' } as const;

const nothing: ReadonlySet<string> = new Set();

/** CC and BCC would send copies elsewhere; the others the broker refuses, sets itself, or would let the message expire by. */
const leftOut: Readonly<
  Record<BrokerKind, { readonly headers: ReadonlySet<string>; readonly properties: ReadonlySet<string> }>
> = {
  kafka: { headers: nothing, properties: nothing },
  rabbitmq: {
    headers: new Set(['CC', 'BCC', 'x-delivery-count', 'x-stream-offset']),
    properties: new Set(['exchange', 'routing-key', 'redelivered', 'user-id', 'expiration', 'x-delivery-count']),
  },
  sqs: {
    headers: nothing,
    properties: new Set(['ApproximateReceiveCount', 'ApproximateFirstReceiveTimestamp', 'SentTimestamp', 'SenderId']),
  },
};
