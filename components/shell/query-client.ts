import { QueryClient } from '@tanstack/react-query';
import { AppError } from '#lib/domain/errors.ts';

/** One per browser tab, one per request on the server. Only a console that did not answer is asked again by itself. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && error instanceof AppError && error.code === 'unreachable',
      },
    },
  });
}
