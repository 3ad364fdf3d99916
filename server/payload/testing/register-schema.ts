import { z } from 'zod';

/** What a registry is told of a schema; `schemaType` where it is not Avro. */
export interface SchemaToRegister {
  readonly schema: string;
  readonly schemaType?: string;
  readonly references?: readonly { readonly name: string; readonly subject: string; readonly version: number }[];
}

/** The newest version of the subject on a real registry; answers the schema's id. */
export async function registerSchema(registryUrl: string, subject: string, told: SchemaToRegister): Promise<number> {
  const response = await fetch(`${registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify(told),
  });
  return z.object({ id: z.number() }).parse(await response.json()).id;
}
