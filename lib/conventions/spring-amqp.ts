import type { Convention } from '#lib/conventions/convention.ts';
import { readJavaTrace } from '#lib/conventions/error-text.ts';
import { javaWrappers } from '#lib/conventions/java-wrappers.ts';
import { exchangeDestination } from '#lib/conventions/places.ts';

const owned = /^x-(?:exception-(?:stacktrace|message)|original-(?:exchange|routingKey))$/i;

/** Spring AMQP's `RepublishMessageRecoverer`. The trace may be cut mid-word without a mark, the message may be void; queue, time and tries are not said. */
export const springAmqp: Convention = {
  name: 'Spring AMQP',
  marks: ['x-original-exchange', 'x-original-routingkey', 'x-exception-stacktrace'],
  owns: (name) => owned.test(name),
  read({ headers, queue }) {
    // On Kafka these exception names are Spring Cloud Stream's.
    if (queue.kind === 'kafka') return null;
    const stackTrace = headers.firstText('x-exception-stacktrace');
    const read = stackTrace === undefined ? undefined : readJavaTrace(stackTrace, javaWrappers);
    return {
      failure: {
        errorClass: read?.errorClass,
        errorMessage: headers.firstText('x-exception-message') ?? read?.errorMessage,
        stackTrace,
      },
      origin: {
        destination: exchangeDestination(
          headers.text('x-original-exchange'),
          headers.text('x-original-routingkey'),
          queue.kind,
        ),
      },
    };
  },
};
