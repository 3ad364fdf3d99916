import type { Convention } from '#lib/conventions/convention.ts';
import { entryOf, entryText, valueText, wholeNumber } from '#lib/conventions/header-index.ts';
import { exchangeDestination } from '#lib/conventions/places.ts';

const owned = /^(?:x-death|x-(?:first|last)-death-(?:queue|reason|exchange)|x-delivery-count)$/i;

/**
 * RabbitMQ's own record of why it dead-lettered. Only the first entry of `x-death` is reliably the newest (3.10 gives the others in
 * any order), so the origin is `x-first-death-*` with that queue's entry for exchange and keys. `count` and `x-delivery-count` are no number of
 * tries: the first stands still for messages that are published again, the second counts our own reads. Measured: shared/facts/rabbitmq.md.
 */
export const xDeath: Convention = {
  name: 'RabbitMQ x-death',
  marks: ['x-death'],
  owns: (name) => owned.test(name),
  read({ headers, queue }) {
    const deaths = headers.value('x-death');
    if (deaths?.kind !== 'list' || deaths.items.length === 0) return null;
    const newest = deaths.items[0];
    const firstQueue = headers.text('x-first-death-queue') ?? entryText(newest, 'queue');
    const firstReason = headers.text('x-first-death-reason');
    const ofFirstQueue = deaths.items.filter((entry) => entryText(entry, 'queue') === firstQueue);
    const origin =
      ofFirstQueue.find((entry) => firstReason === undefined || entryText(entry, 'reason') === firstReason) ??
      ofFirstQueue[0] ??
      newest;
    const keys = entryOf(origin, 'routing-keys');
    const firstKey = keys?.kind === 'list' ? keys.items[0] : undefined;
    const routingKey = firstKey === undefined ? undefined : valueText(firstKey);
    const newestQueue = entryText(newest, 'queue');
    const reason = entryText(newest, 'reason') ?? firstReason;
    const seconds = wholeNumber(entryText(newest, 'time'));
    return {
      failure: { reason },
      origin: {
        destination: exchangeDestination(entryText(origin, 'exchange'), routingKey, queue.kind),
        failedIn: isDelayed(newestQueue, firstQueue, reason, firstReason)
          ? `${newestQueue}, behind ${firstQueue}`
          : firstQueue,
      },
      at: seconds === undefined ? undefined : seconds * 1000,
    };
  },
};

/** A message that was published into a delay queue dies there first, of its age alone: it failed in the queue behind. */
function isDelayed(
  newest: string | undefined,
  first: string | undefined,
  reason: string | undefined,
  firstReason: string | undefined,
): boolean {
  return (
    newest !== undefined &&
    newest !== first &&
    firstReason === 'expired' &&
    reason !== undefined &&
    reason !== 'expired'
  );
}
