import type { Convention } from '#lib/conventions/convention.ts';
import { isoInstant } from '#lib/conventions/instants.ts';
import { queueDestination } from '#lib/conventions/places.ts';

const owned =
  /^NServiceBus\.(?:FailedQ|TimeOfFailure|ExceptionInfo\.(?:ExceptionType|InnerExceptionType|Message|Source|StackTrace|HelpLink|Data\..+)|ProcessingEndpoint|FLRetries|Retries|Retries\.Timestamp)$/i;

/** NServiceBus' error queue. `FailedQ` is the queue's name on RabbitMQ and SQS, and `queue@machine` on MSMQ. */
export const nServiceBus: Convention = {
  name: 'NServiceBus',
  marks: ['nservicebus.failedq', 'nservicebus.exceptioninfo.exceptiontype'],
  owns: (name) => owned.test(name),
  read({ headers, queue }) {
    const outer = headers.firstText('nservicebus.exceptioninfo.exceptiontype');
    const inner = headers.firstText('nservicebus.exceptioninfo.innerexceptiontype');
    const failedQueue = headers.firstText('nservicebus.failedq');
    const retries = headers.integer('nservicebus.flretries');
    return {
      failure: {
        errorClass: outer === 'System.AggregateException' ? (inner ?? outer) : outer,
        errorMessage: headers.firstText('nservicebus.exceptioninfo.message'),
        stackTrace: headers.firstText('nservicebus.exceptioninfo.stacktrace'),
        // With delayed retries each round has immediate ones of its own, of which only the last are counted.
        attempts: retries === undefined || headers.has('nservicebus.retries') ? undefined : retries + 1,
      },
      origin: {
        destination: failedQueue?.includes('@') === true ? undefined : queueDestination(failedQueue, queue.kind),
        failedIn: failedQueue ?? headers.firstText('nservicebus.processingendpoint'),
      },
      event: {
        eventType: firstTypeName(headers.firstText('nservicebus.enclosedmessagetypes')),
        eventId: headers.firstText('nservicebus.messageid'),
        correlationId: headers.firstText('nservicebus.correlationid'),
      },
      at: isoInstant(headers.firstText('nservicebus.timeoffailure')),
    };
  },
};

/** `Shop.OrderPlaced, Shop.Messages, Version=1.0.0.0, …;Shop.IOrderEvent, …`: the first is the message's own, those behind it are what it is as well. */
function firstTypeName(text: string | undefined): string | undefined {
  const name = text === undefined ? undefined : /^[^,;]{1,500}/.exec(text)?.[0]?.trim();
  return name === '' ? undefined : name;
}
