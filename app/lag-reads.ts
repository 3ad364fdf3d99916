import 'server-only';

import type { QueryClient } from '@tanstack/react-query';
import { lagQueryOptions } from '#components/queries/lag.ts';
import { runtime } from '#server/http/runtime.ts';
import { readLag } from '#server/queries/lag.ts';

/** More would make the page itself slow to come: then the browser asks for them when it is there. */
const rowsMax = 500;

export async function readLagTable(client: QueryClient): Promise<void> {
  const answer = await readLag(runtime(), {});
  const rows = answer.connections.reduce((sum, each) => sum + each.rows.length, 0);
  if (rows <= rowsMax) client.setQueryData(lagQueryOptions().queryKey, answer);
}
