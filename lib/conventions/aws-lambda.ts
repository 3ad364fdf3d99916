import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';

const owned = /^(?:RequestID|ErrorCode|ErrorMessage)$/;

/** Lambda's dead-letter queue for asynchronous calls: the body is the event. It names no source, so there is nowhere to put it back until a person says. */
export const awsLambda: Convention = {
  name: 'AWS Lambda',
  marks: ['requestid'],
  owns: (name) => owned.test(name),
  read({ headers, queue }) {
    const message = headers.firstText('errormessage');
    const code = headers.text('errorcode');
    if (queue.kind !== 'sqs' || (message === undefined && code === undefined)) return null;
    const said = message === undefined ? undefined : readErrorText(message);
    return {
      failure: {
        errorClass: said?.errorClass,
        errorMessage: said?.errorMessage,
        reason: code === undefined ? undefined : `ErrorCode ${code}`,
      },
    };
  },
};
