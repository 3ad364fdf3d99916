import type { Convention } from '#lib/conventions/convention.ts';
import { entryOf, entryText, valueText, wholeNumber } from '#lib/conventions/header-index.ts';
import { exchangeDestination } from '#lib/conventions/places.ts';
import type { HeaderValue } from '#lib/domain/message.ts';

/**
 * The same record as AMQP 1.0 has it, newest first, with `first-time` and `last-time` in place of `time`. RabbitMQ turns it into `x-death` for
 * AMQP 0.9.1 readers; it is met where a bridge has copied annotations into headers.
 */
export const xOptDeaths: Convention = {
  name: 'RabbitMQ x-opt-deaths',
  marks: ['x-opt-deaths'],
  owns: (name) => name.toLowerCase() === 'x-opt-deaths',
  read({ headers, queue }) {
    const deaths = headers.value('x-opt-deaths');
    if (deaths?.kind !== 'list') return null;
    const newest = deaths.items[0];
    const firstQueue = headers.text('x-first-death-queue') ?? entryText(deaths.items.at(-1), 'queue');
    const origin = deaths.items.find((entry) => entryText(entry, 'queue') === firstQueue);
    const keys = entryOf(origin, 'routing-keys');
    const firstKey = keys?.kind === 'list' ? keys.items[0] : undefined;
    return {
      failure: { reason: entryText(newest, 'reason') },
      origin: {
        destination: exchangeDestination(
          entryText(origin, 'exchange'),
          firstKey === undefined ? undefined : valueText(firstKey),
          queue.kind,
        ),
        failedIn: firstQueue,
      },
      at: instantOf(entryOf(newest, 'last-time')),
    };
  },
};

/** AMQP 1.0 timestamps are milliseconds; a plain number may be either, so it is no instant. */
function instantOf(value: HeaderValue | undefined): number | undefined {
  if (value?.kind !== 'timestamp') return undefined;
  const number = wholeNumber(value.text);
  return number === undefined ? undefined : number * (value.unit === 's' ? 1000 : 1);
}
