import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { anyInstant } from '#lib/conventions/instants.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const owned =
  /^(?:dlq-(?:original-(?:topic|partition|offset)|error|timestamp|reason|error-class|failed-at|attempts|stack)|x?-?retry-count)$/i;

/** The project's own `dlq-*` headers, with the `dlq-*` names that the community writes beside them. Facts: shared/facts/conventions.md. */
export const ownDlq: Convention = {
  name: 'dlq-* headers',
  marks: [
    'dlq-original-topic',
    'dlq-error',
    'dlq-reason',
    'dlq-error-class',
    'dlq-stack',
    'dlq-attempts',
    'retry-count',
    'x-retry-count',
  ],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    const error = headers.firstText('dlq-error', 'dlq-reason');
    const stackTrace = headers.text('dlq-stack');
    const said = error === undefined ? undefined : readErrorText(error);
    const fromStack = stackTrace === undefined ? undefined : readErrorText(stackTrace.split('\n', 1)[0] ?? '');
    return {
      failure: {
        errorClass: headers.text('dlq-error-class') ?? said?.errorClass ?? fromStack?.errorClass,
        errorMessage: said?.errorMessage ?? fromStack?.errorMessage,
        stackTrace,
        attempts: headers.integer('dlq-attempts') ?? headers.integer('retry-count') ?? headers.integer('x-retry-count'),
      },
      origin: kafkaOrigin(
        {
          topic: headers.text('dlq-original-topic'),
          partition: headers.text('dlq-original-partition'),
          offset: headers.text('dlq-original-offset'),
        },
        letter,
      ),
      at: headers.integer('dlq-timestamp') ?? anyInstant(headers.text('dlq-failed-at')),
    };
  },
};
