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
    const said = (name: string) => headers.firstText(`NServiceBus.${name}`);
    const outer = said('ExceptionInfo.ExceptionType');
    const inner = said('ExceptionInfo.InnerExceptionType');
    const failedQueue = said('FailedQ');
    const retries = headers.integer('NServiceBus.FLRetries');
    return {
      failure: {
        errorClass: outer === 'System.AggregateException' ? (inner ?? outer) : outer,
        errorMessage: said('ExceptionInfo.Message'),
        stackTrace: said('ExceptionInfo.StackTrace'),
        // With delayed retries each round has immediate ones of its own, of which only the last are counted.
        attempts: retries === undefined || headers.has('NServiceBus.Retries') ? undefined : retries + 1,
      },
      origin: {
        destination: failedQueue?.includes('@') === true ? undefined : queueDestination(failedQueue, queue.kind),
        failedIn: failedQueue ?? said('ProcessingEndpoint'),
      },
      at: isoInstant(said('TimeOfFailure')),
    };
  },
};
