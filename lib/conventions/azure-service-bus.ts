import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';

const owned = /^DeadLetter(?:Reason|ErrorDescription)$/i;

/** Azure Service Bus' dead-letter properties, on messages that a bridge has forwarded. */
export const azureServiceBus: Convention = {
  name: 'Azure Service Bus',
  marks: ['deadletterreason', 'deadlettererrordescription'],
  owns: (name) => owned.test(name),
  read({ headers }) {
    const description = headers.firstText('deadlettererrordescription');
    const said = description === undefined ? undefined : readErrorText(description);
    return {
      failure: {
        errorClass: said?.errorClass,
        errorMessage: said?.errorMessage,
        reason: headers.firstText('deadletterreason'),
      },
    };
  },
};
