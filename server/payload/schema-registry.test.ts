import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { randomUUID } from 'node:crypto';
import avro from 'avsc';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPayloadReader } from '#server/payload/payload-reader.ts';
import { createSchemaRegistry } from '#server/payload/schema-registry.ts';
import { ownCertificate } from '#server/payload/testing/own-certificate.ts';
import { foreignPayload, type WrittenSchema } from '#server/payload/testing/foreign-payload.ts';
import { registerSchema } from '#server/payload/testing/register-schema.ts';

/** On a real registry, Apicurio, behind a gate that asks for a password, counts and can be shut. */

const registryUrl = process.env['TEST_SCHEMA_REGISTRY_URL'] ?? '';
const own = randomUUID().slice(0, 8);
let now = Date.UTC(2026, 10, 22);
const clock = { now: () => now };

let gate: Server;
let gateUrl = '';
let asked: string[] = [];
let behaviour: 'pass' | 'hang' | 'break' | 'flood' = 'pass';

beforeAll(async () => {
  expect(registryUrl, 'TEST_SCHEMA_REGISTRY_URL: scripts/brokers.ts up --only schema-registry').not.toBe('');
  gate = createServer((request, response) => void pass(request, response));
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const address = gate.address();
  gateUrl = `http://reader:s%40cret@127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/registry/`;
});

afterAll(async () => {
  gate.closeAllConnections();
  await new Promise((resolve) => gate.close(resolve));
});

beforeEach(() => {
  asked = [];
  behaviour = 'pass';
});

async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').replace('/registry', '');
  asked.push(path);
  if (behaviour === 'hang') return;
  if (behaviour === 'break') return void response.end('<html>');
  if (behaviour === 'flood') return void response.end(`{"schema":"${'x'.repeat(3 * 1024 * 1024)}"}`);
  const allowed = request.headers.authorization === `Basic ${btoa('reader:s@cret')}`;
  if (!allowed) return void response.writeHead(401).end();
  const answer = await fetch(`${registryUrl}${path}`);
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}

function register(subject: string, schema: WrittenSchema): Promise<number> {
  return registerSchema(registryUrl, subject, {
    // Else the schema would be the one of an earlier run, with that one's id and subjects.
    schema: schema.type === 'AVRO' ? schema.text.replace('{', `{"doc":"${own}",`) : schema.text,
    schemaType: schema.type,
    references: schema.references.map(([name, , version]) => ({ name, subject: `${own}-${name}`, version })),
  });
}

/** The foreign payload with the id that this run's registry gave to its schema. */
async function registered(name: string): Promise<Uint8Array> {
  const { bytes, schema, refers } = foreignPayload(name);
  if (refers) await register(`${own}-${schema?.references[0]?.[0] ?? ''}`, refers);
  const id = schema ? await register(`${own}-${name.replaceAll(' ', '-')}`, schema) : 0;
  new DataView(bytes.buffer).setInt32(1, id);
  return bytes;
}

describe('payloads', () => {
  it('are decoded with the schemas of a real registry, one request a schema', async () => {
    const registry = createSchemaRegistry({ url: gateUrl, clock });
    const reader = createPayloadReader({ registries: new Map([['kafka', registry]]) });
    try {
      const show = (bytes: Uint8Array, part: 'key' | 'value' = 'value', connection = 'kafka') =>
        reader.show(connection, { part, bytes, headers: [], properties: [] });
      const avro = await registered('avro');
      const first = await show(avro);
      expect(first.pretty).toContain('9223372036854775807');
      expect(first.schema).toMatchObject({ subject: `${own}-avro`, version: 1, name: 'com.shop.Order' });
      const requests = asked.length;
      await Promise.all([show(avro), show(avro)]);
      expect(asked.length).toBe(requests);
      expect((await show(await registered('avro key'), 'key')).pretty).toBe('9007199254740993');
      expect((await show(await registered('json schema'))).label).toBe('JSON Schema, then JSON');
      expect((await show(await registered('protobuf'))).schema?.name).toBe('shop.v1.Order');
      const without = await show(avro, 'value', 'other');
      expect(without.steps.some((step) => step.note.includes('No schema registry is configured'))).toBe(true);
    } finally {
      await reader.close();
    }
  });
});

describe('Avro that refers to other schemas', () => {
  it('is decoded with all of them, also where they refer to others themselves', async () => {
    const currency: avro.Schema = { type: 'enum', name: 'Currency', namespace: `n${own}`, symbols: ['EUR', 'USD'] };
    const money: avro.Schema = {
      type: 'record',
      name: 'Money',
      namespace: `n${own}`,
      fields: [
        { name: 'cents', type: 'long' },
        { name: 'currency', type: `n${own}.Currency` },
      ],
    };
    const bill: avro.Schema = {
      type: 'record',
      name: 'Bill',
      namespace: `n${own}`,
      fields: [
        { name: 'total', type: `n${own}.Money` },
        { name: 'paid', type: ['null', `n${own}.Money`] },
      ],
    };
    const put = (subject: string, schema: avro.Schema, ...refers: readonly string[]) =>
      registerSchema(registryUrl, `${own}-${subject}`, {
        schema: JSON.stringify(schema),
        references: refers.map((name) => ({ name: `n${own}.${name}`, subject: `${own}-${name}`, version: 1 })),
      });
    await put('Currency', currency);
    await put('Money', money, 'Currency');
    const id = await put('Bill', bill, 'Money');

    const known: Record<string, avro.Type> = {};
    const types = [currency, money, bill].map((schema) => avro.Type.forSchema(schema, { registry: known }));
    const amount = { cents: 1_250, currency: 'USD' };
    const written = types[2]?.toBuffer({ total: amount, paid: amount }) ?? Buffer.alloc(0);
    const bytes = Buffer.concat([Buffer.alloc(5), written]);
    bytes.writeInt32BE(id, 1);
    const registry = createSchemaRegistry({ url: gateUrl, clock });
    const reader = createPayloadReader({ registries: new Map([['sqs', registry]]) });
    try {
      const show = (of: Uint8Array) => reader.show('sqs', { part: 'value', bytes: of, headers: [], properties: [] });
      const shown = await show(new Uint8Array(bytes));
      expect(shown.steps).toContainEqual(expect.objectContaining({ decoder: 'schema registry', outcome: 'applied' }));
      expect(JSON.parse(shown.pretty ?? '')).toEqual({ total: amount, paid: amount });
      // As the only way into a queue of text.
      expect((await show(new TextEncoder().encode(bytes.toString('base64')))).label).toBe('base64, then Avro');
    } finally {
      await reader.close();
    }
  });
});

describe('a registry with a certificate of an authority of its own', () => {
  it('is asked where that authority is configured, and by nobody else', async () => {
    const { cert, key } = ownCertificate();
    const secure = createSecureServer({ cert, key }, (request, response) => void pass(request, response));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    try {
      const address = secure.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const url = `https://reader:s%40cret@127.0.0.1:${port}/registry/`;
      const id = await register(`${own}-secure`, { type: 'AVRO', text: '{"type":"string"}', references: [] });
      const trusted = createSchemaRegistry({ url, ca: cert, clock });
      expect(await trusted.find({ kind: 'id', id })).toMatchObject({ kind: 'found', schema: { type: 'AVRO' } });
      expect(await trusted.find({ kind: 'id', id: 999_999_998 })).toMatchObject({
        note: expect.stringContaining('does not know'),
      });
      const foreign = { kind: 'missing', note: expect.stringMatching(/could not be reached \(\w*CERT\w*\)/) };
      expect(await createSchemaRegistry({ url, clock }).find({ kind: 'id', id })).toMatchObject(foreign);
      const other = createSchemaRegistry({ url, ca: ownCertificate().cert, clock });
      expect(await other.find({ kind: 'id', id })).toMatchObject({ kind: 'missing' });
      behaviour = 'hang';
      const patient = createSchemaRegistry({ url, ca: cert, clock, timeoutMs: 300 });
      expect(await patient.find({ kind: 'id', id })).toMatchObject({
        note: expect.stringContaining('did not answer within 0.3 s'),
      });
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  });
});

describe('a registry', () => {
  it('that does not know an id is not asked again for half a minute', async () => {
    const registry = createSchemaRegistry({ url: gateUrl, clock });
    const unknown = { kind: 'id', id: 999_999_999 } as const;
    expect(await registry.find(unknown)).toMatchObject({
      kind: 'missing',
      note: expect.stringContaining('does not know'),
    });
    await registry.find(unknown);
    expect(asked).toEqual(['/schemas/ids/999999999']);
    now += 31_000;
    await registry.find(unknown);
    expect(asked.length).toBe(2);
    const guid = { kind: 'guid', guid: '07070707-0707-0707-0707-070707070707' } as const;
    expect(await registry.find(guid)).toMatchObject({ kind: 'missing' });
  });

  it.each([
    ['refuses the password', 'pass', 'refused the credentials'],
    ['does not answer', 'hang', 'did not answer within 0.3 s'],
    ['answers nonsense', 'break', 'no JSON'],
    ['answers too much', 'flood', 'larger than 2 MiB'],
  ] as const)('that %s is a note without its password, and is asked again later', async (_what, how, note) => {
    const url = how === 'pass' ? gateUrl.replace('s%40cret', 'wrong') : gateUrl;
    const registry = createSchemaRegistry({ url, clock, timeoutMs: how === 'pass' || how === 'flood' ? 5_000 : 300 });
    behaviour = how;
    const answer = await registry.find({ kind: 'id', id: 1 });
    expect(answer).toMatchObject({ kind: 'missing', note: expect.stringContaining(note) });
    expect(JSON.stringify(answer)).not.toMatch(/cret|wrong|reader/);
    const before = asked.length;
    await registry.find({ kind: 'id', id: 1 });
    expect(asked.length).toBe(before);
    now += 11_000;
    await registry.find({ kind: 'id', id: 1 });
    expect(asked.length).toBe(before + 1);
  });

  it('that is not there is a note', async () => {
    const registry = createSchemaRegistry({ url: 'http://127.0.0.1:9/', clock });
    const answer = await registry.find({ kind: 'id', id: 1 });
    expect(answer).toMatchObject({ kind: 'missing', note: expect.stringContaining('could not be reached') });
  });
});
