import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import { get, post, remove } from '#components/queries/api-client.ts';
import { type redirectBody, redirectRule, type RedirectRuleRow, redirectsResponse } from '#lib/api/redirects.ts';

export const redirectsKey = ['redirects'] as const;

/** In the order in which they are tried. */
export function redirectsQueryOptions() {
  return queryOptions({
    queryKey: redirectsKey,
    queryFn: ({ signal }) => get(redirectsResponse, 'redirects', { signal }),
  });
}

export async function saveRedirect(body: z.input<typeof redirectBody>): Promise<RedirectRuleRow> {
  return await post(redirectRule, 'redirects', body);
}

/** Answers those that are left. */
export async function deleteRedirect(redirectId: string): Promise<z.infer<typeof redirectsResponse>> {
  return await remove(redirectsResponse, `redirects/${encodeURIComponent(redirectId)}`);
}
