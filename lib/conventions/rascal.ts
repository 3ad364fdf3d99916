import type { Convention } from '#lib/conventions/convention.ts';
import { entryOf, entryText, wholeNumber } from '#lib/conventions/header-index.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { exchangeDestination, queueDestination } from '#lib/conventions/places.ts';
import type { HeaderValue } from '#lib/domain/message.ts';

/** rascal (Node): one table. The queue that failed is named, so the message goes back to it alone; else by exchange and key. */
export const rascal: Convention = {
  name: 'rascal',
  marks: ['rascal'],
  owns: (name) => name.toLowerCase() === 'rascal',
  read({ headers, queue }) {
    const table = headers.value('rascal');
    if (table?.kind !== 'table') return null;
    const original = entryText(table, 'originalQueue');
    const error = entryOf(table, 'error');
    const message = entryText(error, 'message');
    const said = message === undefined ? undefined : readErrorText(message);
    const republished = wholeNumber(entryText(recoveryOf(table, original), 'republished'));
    return {
      failure: {
        errorClass: said?.errorClass,
        errorMessage: said?.errorMessage,
        reason: entryText(error, 'code'),
        // Each time that it was published again came after a try, and one more try brought it here.
        attempts: republished === undefined ? undefined : republished + 1,
      },
      origin: {
        destination:
          queueDestination(original, queue.kind) ??
          exchangeDestination(entryText(table, 'originalExchange'), entryText(table, 'originalRoutingKey'), queue.kind),
        failedIn: original,
      },
    };
  },
};

/** What was tried before it was given up, in the queue where it failed. */
function recoveryOf(table: HeaderValue, queue: string | undefined): HeaderValue | undefined {
  return queue === undefined ? undefined : entryOf(entryOf(table, 'recovery'), queue);
}
