import { z } from 'zod';
import { duration, section } from '#server/config/fields.ts';
import type { Mistakes } from '#server/config/mistakes.ts';

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

/** A name that no connection has is a mistake. */
export function readLagConfig(
  settings: z.infer<typeof lagSection> | undefined,
  connections: readonly { readonly name: string }[],
  mistakes: Mistakes,
): LagConfig {
  const others = settings?.connections ?? {};
  for (const name of Object.keys(others))
    if (connections.every((connection) => connection.name !== name))
      mistakes.add(
        `lag.connections.${name}`,
        `lag.connections names ${name}, which is no connection. Write it as it stands under connections, or take it out.`,
      );
  return { everyMs: settings?.every ?? usualEveryMs, connections: others };
}

/** How often the lag of this connection is read; `null`: never. */
export function lagEveryMs({ everyMs, connections }: LagConfig, connection: string): number | null {
  const own = Object.hasOwn(connections, connection) ? connections[connection] : undefined;
  return own === undefined ? everyMs : own;
}
