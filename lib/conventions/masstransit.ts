import type { Convention } from '#lib/conventions/convention.ts';
import { isoInstant } from '#lib/conventions/instants.ts';
import { queueDestination } from '#lib/conventions/places.ts';
import type { BrokerKind, Destination } from '#lib/domain/message.ts';

const owned =
  /^MT-(?:Reason|Fault-(?:ExceptionType|Message|StackTrace|Timestamp|InputAddress|ConsumerType|MessageType|RetryCount|RedeliveryCount))$/i;

/** MassTransit's `_error` and `_skipped` queues. `RetryCount` counts the tries after the first, and is absent where there were none. */
export const massTransit: Convention = {
  name: 'MassTransit',
  marks: ['mt-reason', 'mt-fault-exceptiontype', 'mt-fault-message'],
  owns: (name) => owned.test(name),
  read({ headers, queue }) {
    const retries = headers.integer('mt-fault-retrycount');
    // With redelivery each round has retries of its own, of which only the last is counted.
    const wasRedelivered = headers.has('mt-fault-redeliverycount');
    const address = readAddress(headers.firstText('mt-fault-inputaddress'), queue.kind);
    return {
      failure: {
        errorClass: headers.firstText('mt-fault-exceptiontype'),
        errorMessage: headers.firstText('mt-fault-message'),
        stackTrace: headers.firstText('mt-fault-stacktrace'),
        reason: headers.firstText('mt-reason'),
        attempts: retries === undefined || wasRedelivered ? undefined : retries + 1,
      },
      origin: {
        destination: address?.destination,
        failedIn: address?.queue ?? headers.firstText('mt-fault-consumertype'),
      },
      event: { eventType: messageType(headers.firstText('mt-fault-messagetype')) },
      at: isoInstant(headers.text('mt-fault-timestamp')),
    };
  },
};

/** `urn:message:Shop:OrderPlaced`, or the type's name alone; of several the first is the message's own. */
function messageType(text: string | undefined): string | undefined {
  const type = text === undefined ? undefined : /^(?:urn:message:)?([^,;]{1,500})/.exec(text)?.[1]?.trim();
  return type === '' ? undefined : type;
}

/** `rabbitmq://host/vhost/orders?durable=true`, `amazonsqs://region/orders`, `queue:orders`. */
function readAddress(
  address: string | undefined,
  kind: BrokerKind,
): { queue: string; destination: Destination | undefined } | undefined {
  const match = /^([a-z]{2,20}):(?:\/\/)?([^?#]{1,500})/.exec(address ?? '');
  const [, scheme, path] = match ?? [];
  const last = path?.split('/').at(-1);
  if (scheme === undefined || last === undefined || last === '') return undefined;
  const queue = unescaped(last);
  const isHere =
    scheme === 'queue' ||
    (kind === 'rabbitmq' && /^(?:rabbitmqs?|amqps?)$/.test(scheme)) ||
    (kind === 'sqs' && scheme === 'amazonsqs');
  return { queue, destination: isHere ? queueDestination(queue, kind) : undefined };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
