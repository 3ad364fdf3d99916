import { z } from 'zod';
import { conventionFields, headerDecoders, type ConventionSettings } from '#lib/conventions/configured.ts';
import { section, text } from '#server/config/fields.ts';

/*
 * `conventions: [{ name: acme, error: x-acme-error, originOffset: { header: x-acme-offset, decoder: int64 } }]`: which header says what.
 */

const example = 'a header name such as x-acme-error, or { header: x-acme-offset, decoder: int64 }';

const source = z.union(
  [
    text(example).transform((header) => ({ header, decoder: 'text' as const })),
    section({
      header: text('a header name such as x-acme-offset'),
      decoder: z.enum(headerDecoders, { error: `must be one of ${headerDecoders.join(', ')}` }),
    }),
  ],
  { error: `must be ${example}` },
);

const fieldNames = Object.fromEntries(conventionFields.map((field) => [field, source.exactOptional()]));

const convention = section({ name: text('a name for people, such as acme'), ...fieldNames }).transform(
  (settings): ConventionSettings => {
    const { name, ...fields } = settings;
    return { name, fields };
  },
);

export const conventionList = z
  .array(convention, { error: 'must be a list of conventions, such as [{ name: acme, error: x-acme-error }]' })
  .superRefine((conventions, context) => {
    for (const [index, { fields }] of conventions.entries()) {
      if (Object.keys(fields).length > 0) continue;
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `says no field; give at least one of ${conventionFields.join(', ')}`,
      });
    }
  });
