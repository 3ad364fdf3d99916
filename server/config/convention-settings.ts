import { z } from 'zod';
import { conventionFields, headerDecoders, headerTurns, type ConventionSettings } from '#lib/conventions/configured.ts';
import { oneOf, section, text } from '#server/config/fields.ts';

/*
 * `conventions: [{ name: acme, error: x-acme-error, originOffset: { header: x-acme-offset, decoder: int64 } }]`: where what stands.
 */

const example =
  'a header name such as x-acme-error, { header: x-acme-offset, decoder: int64 }, { header: x-acme, entry: error.message }, or { body: error.message }';

const way = text('names with dots between them, such as error.message').transform((names, context) => {
  const parts = names.split('.');
  if (parts.every((part) => part !== '')) return parts;
  context.addIssue({ code: 'custom', message: 'has an empty name between its dots' });
  return z.NEVER;
});

const inHeader = section({
  header: text('a header name such as x-acme-offset'),
  decoder: oneOf(headerDecoders).default('text'),
  take: oneOf(headerTurns).exactOptional(),
  entry: way.exactOptional(),
});

const inBody = section({ body: way });

const source = z.union(
  [text(example).transform((header) => ({ header, decoder: 'text' as const })), inHeader, inBody],
  {
    error: `must be ${example}`,
  },
);

const fieldNames = Object.fromEntries(conventionFields.map((field) => [field, source.exactOptional()]));

const convention = section({
  name: text('a name for people, such as acme'),
  original: inBody.exactOptional(),
  ...fieldNames,
}).transform((settings, context): ConventionSettings => {
  const { name, original, ...fields } = settings;
  if (Object.keys(fields).length === 0 && original === undefined)
    context.addIssue({
      code: 'custom',
      message: `says no field; give at least one of ${conventionFields.join(', ')}, original`,
    });
  return { name, fields, ...(original === undefined ? {} : { original }) };
});

export const conventionList = z.array(convention, {
  error: 'must be a list of conventions, such as [{ name: acme, error: x-acme-error }]',
});
