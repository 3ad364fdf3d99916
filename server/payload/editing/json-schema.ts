import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { z } from 'zod';
import type { RegisteredSchema } from '#server/payload/decoder.ts';
import { compiled } from '#server/payload/decoders/registered.ts';

const validators = new Map<string, ValidateFunction>();
const schemaShape = z.custom<AnySchemaObject | boolean>(
  (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value)),
);

/** Where a document does not fit its JSON Schema, as a sentence's end; `null` where it does. Throws where the schema itself cannot be read. */
export function jsonSchemaMisfit(schema: RegisteredSchema, document: unknown): string | null {
  const validate = compiled(schema, validators, compile);
  if (validate(document)) return null;
  const [first] = validate.errors ?? [];
  // What a schema says of a field, and nothing of what stands in it.
  return first
    ? `${first.instancePath === '' ? 'the document' : first.instancePath} ${first.message ?? 'does not fit'}`
    : 'it does not fit';
}

/** As above of documents as they are stored, one answer each. Throws where the schema itself cannot be read. */
export function jsonSchemaMisfits(schema: RegisteredSchema, documents: readonly Uint8Array[]): (string | null)[] {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  compiled(schema, validators, compile);
  return documents.map((bytes) => {
    let document: unknown;
    try {
      document = JSON.parse(decoder.decode(bytes));
    } catch {
      return 'the document is no JSON';
    }
    return jsonSchemaMisfit(schema, document);
  });
}

function compile(schema: RegisteredSchema): ValidateFunction {
  const main = schemaShape.parse(JSON.parse(schema.text));
  const draft = typeof main === 'object' ? String(main.$schema) : '';
  const Validator = draft.includes('2020-12') ? Ajv2020 : draft.includes('2019-09') ? Ajv2019 : Ajv;
  const ajv = new Validator({ strict: false, validateFormats: true, logger: false });
  formats.default(ajv);
  for (const { name, text } of schema.references) ajv.addSchema(schemaShape.parse(JSON.parse(text)), name);
  return ajv.compile(main);
}
