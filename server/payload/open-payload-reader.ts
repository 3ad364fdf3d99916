import type { MaskingSettings } from '#lib/masking/masking.ts';
import type { Clock } from '#server/clock.ts';
import type { ConnectionSettings } from '#server/config/connection-settings.ts';
import type { BodyDecoder } from '#server/payload/body-decoder.ts';
import { createBodyDecoder } from '#server/payload/create-body-decoder.ts';
import { createMessageEditor, type MessageEditor } from '#server/payload/message-editor.ts';
import { createPayloadReader, type PayloadReader } from '#server/payload/payload-reader.ts';
import { createSchemaRegistry, type SchemaRegistry } from '#server/payload/schema-registry.ts';

/** A reader that knows the schema registries of these connections. */
export function openPayloadReader(
  connections: readonly ConnectionSettings[],
  clock: Clock,
  masking?: MaskingSettings,
): PayloadReader {
  return createPayloadReader({ registries: registriesOf(connections, clock), masking });
}

/** Messages that arrive wait for it, and what is not there in time is asked for again later. */
const patienceMs = 2_000;

/** The same for the search: what it sees of bodies is what the reader shows of them. */
export function openBodyDecoder(
  connections: readonly ConnectionSettings[],
  clock: Clock,
  masking?: MaskingSettings,
): BodyDecoder {
  return createBodyDecoder({ registries: registriesOf(connections, clock, patienceMs), masking });
}

/** Edits messages for previews, plans and replays. */
export function openMessageEditor(
  connections: readonly ConnectionSettings[],
  clock: Clock,
  masking?: MaskingSettings,
): MessageEditor {
  return createMessageEditor({ registries: registriesOf(connections, clock), masking });
}

/** By connection; those without one are not in it. */
export function registriesOf(
  connections: readonly ConnectionSettings[],
  clock: Clock,
  timeoutMs?: number,
): ReadonlyMap<string, SchemaRegistry> {
  return new Map(
    connections.flatMap((connection) =>
      connection.schemaRegistryUrl !== undefined
        ? [
            [
              connection.name,
              createSchemaRegistry({
                url: connection.schemaRegistryUrl,
                ca: connection.schemaRegistryCa,
                clock,
                ...(timeoutMs !== undefined && { timeoutMs }),
              }),
            ] as const,
          ]
        : [],
    ),
  );
}
