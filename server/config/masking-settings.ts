import { z } from 'zod';
import { type MaskingSettings, maskingProblem } from '#lib/masking/masking.ts';
import { builtInPatterns } from '#lib/masking/patterns.ts';
import { section, text, textList } from '#server/config/fields.ts';

/*
 * `masking: { fields: [customer.email], headers: [authorization], patterns: [email, { name: badge, expression: 'B-\d{6}' }], keys: true }`
 */

const pattern = z.union(
  [
    z.enum(builtInPatterns),
    section({ name: text('a name for people, such as badge'), expression: text('an expression such as B-\\d{6}') }),
  ],
  { error: `must be one of ${builtInPatterns.join(', ')}, or { name: badge, expression: 'B-\\d{6}' }` },
);

export const maskingSection = section({
  fields: textList('fields of payloads such as [customer.email, "*.card.number"]').exactOptional(),
  headers: textList('header names such as [authorization, "x-customer-*"]').exactOptional(),
  patterns: z.array(pattern, { error: 'must be a list of patterns, such as [email, card]' }).exactOptional(),
  keys: z.boolean({ error: 'must be true or false' }).exactOptional(),
})
  .superRefine(({ fields = [], patterns = [] }, context) => {
    const refuse = (at: readonly PropertyKey[], problem: string | null) => {
      if (problem !== null) context.addIssue({ code: 'custom', path: [...at], message: problem });
    };
    for (const [index, field] of fields.entries()) refuse(['fields', index], maskingProblem({ field }));
    for (const [index, each] of patterns.entries()) {
      if (typeof each !== 'string') refuse(['patterns', index, 'expression'], maskingProblem({ pattern: each }));
    }
  })
  .transform(({ fields = [], headers = [], patterns = [], keys = false }): MaskingSettings => ({
    fields,
    headers,
    patterns,
    keys,
  }));
