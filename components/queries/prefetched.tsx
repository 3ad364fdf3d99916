import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';

/**
 * Reads on the server what a page shows first. A reading that fails is left to the browser, which asks again and then shows the problem
 * where its data would stand.
 */
export async function Prefetched({
  read,
  children,
}: {
  read: (client: QueryClient) => Promise<void>;
  children: ReactNode;
}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await read(client).catch(() => undefined);
  return <HydrationBoundary state={dehydrate(client)}>{children}</HydrationBoundary>;
}
