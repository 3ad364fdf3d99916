import type { MaskingSettings } from '#lib/masking/masking.ts';
import type { Clock } from '#server/clock.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { createSchemaRegistry } from '#server/payload/schema-registry.ts';

/** A reader that knows the schema registries of these connections. */
export function openPayloadReader(
  connections: readonly ConnectionSettings[],
  clock: Clock,
  masking?: MaskingSettings,
): PayloadReader {
  const registries = connections.flatMap((connection) =>
    connection.kind === 'kafka' && connection.schemaRegistryUrl !== undefined
      ? [[connection.name, createSchemaRegistry({ url: connection.schemaRegistryUrl, clock })] as const]
      : [],
  );
  return createPayloadReader({ registries: new Map(registries), masking });
}
