import type { Convention } from '#lib/conventions/convention.ts';
import { namesWith } from '#lib/conventions/header-index.ts';
import { isoInstant } from '#lib/conventions/instants.ts';
import { jsonObjects, objectField, textField, wholeField } from '#lib/conventions/json-text.ts';

const shortNames = ['errordetailsstamp', 'redeliverystamp', 'senttofailuretransportstamp'] as const;
const names = namesWith('x-message-stamp-symfony\\component\\messenger\\stamp\\', shortNames);
const owned = new Set<string>(Object.values(names));

/**
 * Symfony Messenger's failure transport: stamps as JSON lists, oldest first. On its way to the failure transport a message gets a last
 * `RedeliveryStamp` with a count of 0, so the tries are the highest count, and that stamp's time is when it was dead-lettered.
 */
export const symfonyMessenger: Convention = {
  name: 'Symfony Messenger',
  marks: [...owned],
  owns: (name) => owned.has(name.toLowerCase()),
  read({ headers }) {
    const stamps = (name: keyof typeof names) => jsonObjects(headers.text(names[name]));
    const error = stamps('errordetailsstamp').at(-1);
    const sent = stamps('senttofailuretransportstamp').at(-1);
    const redeliveries = stamps('redeliverystamp');
    const counts = redeliveries.flatMap((stamp) => wholeField(stamp, 'retryCount') ?? []);
    const trace = objectField(error, 'flattenException');
    return {
      failure: {
        errorClass: textField(error, 'exceptionClass'),
        errorMessage: textField(error, 'exceptionMessage'),
        stackTrace: textField(trace, 'trace_as_string') ?? textField(trace, 'traceAsString'),
        attempts: counts.length === 0 ? undefined : counts.reduce((a, b) => Math.max(a, b), 0) + 1,
      },
      origin: { failedIn: textField(sent, 'originalReceiverName') },
      at: sent === undefined ? undefined : isoInstant(textField(redeliveries.at(-1), 'redeliveredAt')),
    };
  },
};
