import { z } from 'zod';
import { duration, section } from '#server/config/fields.ts';

/*
 * `lag: { every: 30s, connections: { billing: 5m, legacy: off } }`
 */

export interface LagConfig {
  readonly everyMs: number;
  /** Where it is not as usual; `null`: never. */
  readonly connections: Readonly<Record<string, number | null>>;
}

const every = duration(5_000, 3_600_000, '30s');
const usualEveryMs = 30_000;

export const lagSection = section({
  every: every.exactOptional(),
  connections: z
    .record(
      z.string(),
      z.union([z.literal(['off', false]).transform(() => null), every], { error: 'must be a time such as 5m, or off' }),
      {
        error: 'must be the names of connections, each with a time such as 5m, or off',
      },
    )
    .exactOptional(),
});

export function readLagConfig(settings: z.infer<typeof lagSection> | undefined): LagConfig {
  return { everyMs: settings?.every ?? usualEveryMs, connections: settings?.connections ?? {} };
}

/** How often the lag of this connection is read; `null`: never. */
export function lagEveryMs({ everyMs, connections }: LagConfig, connection: string): number | null {
  const own = Object.hasOwn(connections, connection) ? connections[connection] : undefined;
  return own === undefined ? everyMs : own;
}
