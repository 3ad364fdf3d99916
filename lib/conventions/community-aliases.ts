import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { anyInstant } from '#lib/conventions/instants.ts';
import { kafkaOrigin } from '#lib/conventions/places.ts';

const owned =
  /^(?:original-(?:topic|partition|offset)|error-(?:reason|class|message|stack)|failed-at|internal-(?:original|dlq)-.{1,60})$/i;

/** Names that many home-made consumers write, without a framework. Read last of what applications write: a framework's own names say more. */
export const communityAliases: Convention = {
  name: 'community headers',
  marks: [
    'original-topic',
    'error-reason',
    'error-message',
    'internal-original-topic',
    'internal-dlq-reason',
    'internal-dlq-error',
  ],
  owns: (name) => owned.test(name),
  read(letter) {
    const { headers } = letter;
    const error = headers.firstText('error-reason', 'error-message', 'internal-dlq-error', 'internal-dlq-reason');
    const said = error === undefined ? undefined : readErrorText(error);
    return {
      failure: {
        errorClass: headers.firstText('error-class', 'internal-dlq-error-class') ?? said?.errorClass,
        errorMessage: said?.errorMessage,
        stackTrace: headers.firstText('error-stack', 'internal-dlq-stack'),
        attempts: headers.integer('internal-dlq-attempts'),
      },
      origin: kafkaOrigin(
        {
          topic: headers.firstText('original-topic', 'internal-original-topic'),
          partition: headers.firstText('original-partition', 'internal-original-partition'),
          offset: headers.firstText('original-offset', 'internal-original-offset'),
        },
        letter,
      ),
      at: anyInstant(headers.firstText('failed-at', 'internal-dlq-failed-at', 'internal-dlq-timestamp')),
    };
  },
};
