import { z } from 'zod';
import { facetFields, type facetsQuery, type FacetsResponse } from '#lib/api/timeline.ts';
import { AppError } from '#lib/domain/errors.ts';
import type { Runtime } from '#server/http/runtime.ts';
import { maskAnswer, maskKeys } from '#server/queries/mask-answer.ts';
import { readScope } from '#server/queries/scope.ts';

/** Which values fields have among what the filter meets, most frequent first. */
export async function readFacets(runtime: Runtime, query: z.output<typeof facetsQuery>): Promise<FacetsResponse> {
  const fields = readFields(query.fields);
  const { now, filter, range } = await readScope(runtime, query);
  const facets = await runtime.store.index.readFacets({ filter, range, fields, limit: query.limit });
  const shown = facets.map((facet) =>
    facet.field === 'key' ? { ...facet, values: maskKeys(facet.values, runtime.masking) } : facet,
  );
  return { asOf: now, facets: maskAnswer(shown, runtime.masking) };
}

const facetField = z.enum(facetFields);

function readFields(text: string | undefined): readonly z.output<typeof facetField>[] {
  if (text === undefined) return facetFields;
  const fields = text.split(',').map((part) => {
    const field = facetField.safeParse(part.trim());
    if (!field.success)
      throw new AppError(
        'invalid_request',
        `fields: there is no facet of that name; there are ${facetFields.join(', ')}.`,
        {
          details: { field: 'fields' },
        },
      );
    return field.data;
  });
  return [...new Set(fields)];
}
