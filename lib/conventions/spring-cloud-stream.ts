import { binaryInteger } from '#lib/conventions/binary-integers.ts';
import type { Convention } from '#lib/conventions/convention.ts';
import { readJavaTrace } from '#lib/conventions/error-text.ts';
import { epochMs } from '#lib/conventions/instants.ts';
import { javaWrappers } from '#lib/conventions/java-wrappers.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const owned =
  /^x-(?:original-(?:topic|partition|offset|timestamp|timestamp-type)|exception-(?:fqcn|message|stacktrace))$/i;

/** Spring Cloud Stream's Kafka binder: numbers in binary, `x-original-topic` in UTF-8. Names read in its source (5.0). */
export const springCloudStream: Convention = {
  name: 'Spring Cloud Stream Kafka',
  marks: ['x-original-topic', 'x-exception-fqcn'],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    const exceptionClass = headers.firstText('x-exception-fqcn');
    const stackTrace = headers.firstText('x-exception-stacktrace');
    const isWrapper = exceptionClass !== undefined && javaWrappers.has(exceptionClass);
    const inner = isWrapper && stackTrace !== undefined ? readJavaTrace(stackTrace, javaWrappers) : undefined;
    const message = headers.firstText('x-exception-message');
    return {
      failure: {
        errorClass: inner?.errorClass ?? exceptionClass,
        errorMessage: inner === undefined || inner.errorMessage === '' ? message : inner.errorMessage,
        stackTrace,
      },
      origin: kafkaOrigin(
        {
          topic: headers.firstText('x-original-topic'),
          partition: binaryInteger(headers.value('x-original-partition'), 4),
          offset: binaryInteger(headers.value('x-original-offset'), 8),
        },
        letter,
      ),
      originalAt: epochMs(binaryInteger(headers.value('x-original-timestamp'), 8)),
    };
  },
};
