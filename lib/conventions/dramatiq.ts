import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { objectField, textField, wholeField } from '#lib/conventions/json-text.ts';
import { queueDestination } from '#lib/conventions/places.ts';

/** Dramatiq (Python): all of it in the JSON body. `traceback` is that of the try before the last: the last one is not written down. */
export const dramatiq: Convention = {
  name: 'Dramatiq',
  marks: 'always',
  owns: () => false,
  read({ body, queue }) {
    const message = body();
    const queueName = textField(message, 'queue_name');
    const actor = textField(message, 'actor_name');
    if (queueName === undefined || actor === undefined) return null;
    const options = objectField(message, 'options');
    const retries = wholeField(options, 'retries');
    const stackTrace = textField(options, 'traceback');
    const said = stackTrace === undefined ? undefined : readErrorText(lastLine(stackTrace));
    return {
      failure: {
        errorClass: said?.errorClass,
        errorMessage: said?.errorMessage,
        stackTrace,
        attempts: retries === undefined ? undefined : retries + 1,
      },
      origin: { destination: queueDestination(queueName, queue.kind), failedIn: queueName },
      event: { eventType: actor, eventId: textField(message, 'message_id') },
      originalAt: wholeField(message, 'message_timestamp'),
    };
  },
};

/** Of a Python traceback the last line says class and message. */
function lastLine(traceback: string): string {
  const trimmed = traceback.slice(-20_000).trimEnd();
  return trimmed.slice(trimmed.lastIndexOf('\n') + 1);
}
