import type { Convention } from '#lib/conventions/convention.ts';
import { queueDestination } from '#lib/conventions/places.ts';

const owned = /^rbs2-(?:error-details|source-queue|delivery-count)$/i;

// `5 unhandled exceptions: 11/22/2026 3:31:07 AM +00:00: System.InvalidOperationException: no such order`
const exceptionLine = /(?:^|[\s(])((?:[A-Za-z_]\w{0,100}\.){1,20}[A-Za-z_]\w{0,100}(?:Exception|Error)): ([^\r\n]*)/;

/** Rebus' error queue (.NET): the details are the printed exceptions, oldest first. */
export const rebus: Convention = {
  name: 'Rebus',
  marks: ['rbs2-error-details', 'rbs2-source-queue'],
  owns: (name) => owned.test(name),
  read({ headers, queue }) {
    const details = headers.firstText('rbs2-error-details');
    const source = headers.firstText('rbs2-source-queue');
    const match = details === undefined ? null : exceptionLine.exec(details.slice(0, 10_000));
    return {
      failure: {
        errorClass: match?.[1],
        errorMessage: match?.[2] ?? details?.split('\n', 1)[0],
        stackTrace: details,
        attempts: headers.integer('rbs2-delivery-count'),
      },
      origin: { destination: queueDestination(source, queue.kind), failedIn: source },
    };
  },
};
