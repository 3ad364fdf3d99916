import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import type { Destination } from '#lib/domain/message.ts';

const owned =
  /^(?:dlq-(?:original-(?:topic|partition|offset)|error|timestamp|reason|error-class|failed-at|attempts|stack)|x?-?retry-count)$/i;

/** The project's own `dlq-*` headers, with the aliases that the community writes beside them. Facts: shared/facts/conventions.md. */
export const ownDlq: Convention = {
  name: 'dlq-* headers',
  owns: (name) => owned.test(name),
  read(_letter, headers, context) {
    const topic = headers.text('dlq-original-topic');
    const error = headers.firstText('dlq-error', 'dlq-reason');
    const attempts =
      headers.integer('dlq-attempts') ?? headers.integer('retry-count') ?? headers.integer('x-retry-count');
    if (topic === undefined && error === undefined && attempts === undefined) return null;

    const stackTrace = headers.text('dlq-stack');
    const said = error === undefined ? undefined : readErrorText(error);
    const fromStack = stackTrace === undefined ? undefined : readErrorText(stackTrace.split('\n', 1)[0] ?? '');
    const partition = headers.integer('dlq-original-partition');
    const offset = headers.text('dlq-original-offset');
    const destination: Destination | undefined =
      topic !== undefined && topic !== '' && context.kind === 'kafka'
        ? { kind: 'kafka', topic, partition: partition ?? null }
        : undefined;
    return {
      failure: {
        errorClass: headers.text('dlq-error-class') ?? said?.errorClass ?? fromStack?.errorClass,
        errorMessage: said?.errorMessage ?? fromStack?.errorMessage,
        stackTrace,
        attempts,
      },
      origin: {
        destination,
        failedIn: topic,
        position: offset === undefined ? undefined : partition === undefined ? offset : `${partition}:${offset}`,
      },
      at: headers.integer('dlq-timestamp') ?? headers.integer('dlq-failed-at'),
    };
  },
};
