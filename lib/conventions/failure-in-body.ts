import type { Convention } from '#lib/conventions/convention.ts';
import { readErrorText } from '#lib/conventions/error-text.ts';
import { epochMs, isoInstant } from '#lib/conventions/instants.ts';
import { embeddedObject, objectField, textField, wholeField } from '#lib/conventions/json-text.ts';

/** A body that wraps the message: `{ original, error, failedAt }`. All three must be there, or it is somebody's event. */
export const failureInBody: Convention = {
  name: '{ original, error, failedAt } body',
  marks: 'always',
  owns: () => false,
  read({ body }) {
    const wrapper = body();
    if (wrapper === undefined) return null;
    if (!['original', 'error', 'failedAt'].every((name) => wrapper.has(name))) return null;
    const error = objectField(wrapper, 'error');
    const said = readErrorText(textField(wrapper, 'error') ?? textField(error, 'message') ?? '');
    const failedAt = wholeField(wrapper, 'failedAt');
    return {
      failure: {
        errorClass:
          textField(error, 'name') ?? textField(error, 'class') ?? textField(error, 'type') ?? said.errorClass,
        errorMessage: said.errorMessage === '' ? undefined : said.errorMessage,
        stackTrace: textField(error, 'stack'),
      },
      origin: { content: 'wrapped' },
      original: embeddedObject(wrapper, 'original'),
      at: failedAt === undefined ? isoInstant(textField(wrapper, 'failedAt')) : epochMs(String(failedAt)),
    };
  },
};
