import { queryOptions } from '@tanstack/react-query';
import { get, post } from '#components/queries/api-client.ts';
import { sandboxResponse, type SandboxState } from '#lib/api/sandbox.ts';

export const sandboxKey = ['sandbox'] as const;

export function sandboxQueryOptions() {
  return queryOptions({
    queryKey: sandboxKey,
    queryFn: async ({ signal }): Promise<SandboxState | null> =>
      (await get(sandboxResponse, 'sandbox', { signal })).sandbox,
  });
}

/** Mends or breaks one of the sandbox's services. */
export async function mendService(serviceId: string, mended: boolean): Promise<SandboxState | null> {
  return (await post(sandboxResponse, `sandbox/services/${encodeURIComponent(serviceId)}`, { mended })).sandbox;
}
