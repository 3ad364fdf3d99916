import type { z } from 'zod';
import type { viewsResponse } from '#lib/api/views.ts';
import type { Runtime } from '#server/http/runtime.ts';

/** Everyone's saved views, by name. */
export async function readViews({ store }: Runtime): Promise<z.input<typeof viewsResponse>> {
  return { views: await store.ledger.listViews() };
}
