import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const written = z.object({
  type: z.enum(['AVRO', 'JSON', 'PROTOBUF']),
  text: z.string(),
  references: z.array(z.tuple([z.string(), z.string(), z.number()])),
});
export type WrittenSchema = z.infer<typeof written>;

const file = z.record(
  z.string(),
  z.object({ hex: z.string(), schema: written.optional(), refers: written.optional() }),
);

/** Payloads that Confluent's own serializers and other people's libraries wrote: `make-foreign-payloads.py` says how. */
const payloads = file.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'foreign-payloads.json'), 'utf8')));

export function foreignPayload(name: string): {
  readonly bytes: Uint8Array;
  readonly schema: WrittenSchema | undefined;
  readonly refers: WrittenSchema | undefined;
} {
  const found = payloads[name];
  if (!found) throw new Error(`There is no foreign payload called ${name}.`);
  return { bytes: new Uint8Array(Buffer.from(found.hex, 'hex')), schema: found.schema, refers: found.refers };
}

export const foreignNames: readonly string[] = Object.keys(payloads);
