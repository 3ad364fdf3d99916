import { z } from 'zod';
import { type MaskingSettings, maskingProblem } from '#lib/masking/masking.ts';
import { builtInPatterns } from '#lib/masking/patterns.ts';
import { didYouMean } from '#lib/words/did-you-mean.ts';
import { section, text, textList } from '#server/config/fields.ts';
import { sectionOr } from '#server/config/handed-on.ts';

/*
 * `masking: { fields: [customer.email], headers: [authorization], patterns: [email, { name: badge, expression: 'B-\d{6}' }], keys: true }`
 */

const pattern = sectionOr(
  section({
    name: text('a name for people, such as badge'),
    expression: text('an expression such as B-\\d{6}'),
  }).superRefine((each, context) => {
    const message = maskingProblem({ pattern: each });
    if (message !== null) context.addIssue({ code: 'custom', path: ['expression'], message });
  }),
  z.enum(builtInPatterns, {
    error: ({ input }) =>
      `must be one of ${builtInPatterns.join(', ')}, or { name: badge, expression: 'B-\\d{6}' }.${didYouMean(input, builtInPatterns)}`,
  }),
);

export const maskingSection = section({
  fields: textList('fields of payloads such as [customer.email, "*.card.number"]', (field) =>
    maskingProblem({ field }),
  ).exactOptional(),
  headers: textList('header names such as [authorization, "x-customer-*"]').exactOptional(),
  patterns: z.array(pattern, { error: 'must be a list of patterns, such as [email, card]' }).exactOptional(),
  keys: z.boolean({ error: 'must be true or false' }).exactOptional(),
}).transform(({ fields = [], headers = [], patterns = [], keys = false }): MaskingSettings => ({
  fields,
  headers,
  patterns,
  keys,
}));
