import type { RawMessage } from '#lib/domain/message.ts';
import type { MaskingSettings } from '#lib/masking/masking.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import { readFrame, referenceText, type SchemaReference } from '#lib/payload/wire-format.ts';
import type { BodyDecoder, DecodedBodies } from '#server/payload/body-decoder.ts';
import {
  type DecodingThread,
  type KnownSchema,
  type SearchAnswer,
  type SearchedSource,
  startDecodingThread,
} from '#server/payload/decoding-thread.ts';
import { notConfigured } from '#server/payload/payload-reader.ts';
import { isPlainBody } from '#server/payload/plain-body.ts';
import type { SchemaRegistry } from '#server/payload/schema-registry.ts';

export interface BodyDecoderOptions {
  /** By connection; those without one are not in it. */
  readonly registries: ReadonlyMap<string, Pick<SchemaRegistry, 'find'>>;
  readonly masking?: MaskingSettings | undefined;
  /** For one body, without the time that a registry takes; and for a few that are decoded at once, where none of them is troublesome. */
  readonly timeoutMs?: number;
}

/** A payload has one schema; an envelope might hold another. */
const schemasMax = 3;
/** A trip to the thread and back costs as much as decoding a body. */
const atOnce = { messages: 32, bytes: 1 << 20 } as const;
/** Bodies of one batch that take too much time or memory; those after them are not looked into. */
const lostMax = 5;

/** In a thread that is started when the first body needs it. */
export function createBodyDecoder({ registries, masking, timeoutMs = 3_000 }: BodyDecoderOptions): BodyDecoder {
  let thread: DecodingThread | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function decodeAll(connection: string, messages: readonly RawMessage[]): Promise<DecodedBodies> {
    const decoded: (DecodedBody | undefined)[] = messages.map(() => undefined);
    const schemas = new Map<string, KnownSchema>();
    let lost = 0;
    for (const places of portions(messages)) {
      const asked = places.flatMap((place) => messages[place] ?? []);
      const together = await decodeSome(connection, asked, schemas);
      for (const [index, place] of places.entries()) {
        const message = asked[index];
        if (!message) continue;
        const alone = together === null && lost < lostMax ? await decodeSome(connection, [message], schemas) : together;
        if (together === null && alone === null) lost += 1;
        decoded[place] = alone === null ? beyondTime : alone[alone === together ? index : 0];
      }
    }
    return decoded;
  }

  /** `null` where one of them takes the thread with it. */
  async function decodeSome(
    connection: string,
    messages: readonly RawMessage[],
    schemas: Map<string, KnownSchema>,
  ): Promise<DecodedBodies | null> {
    const decoded: (DecodedBody | undefined)[] = messages.map(() => undefined);
    const told = new Map(messages.flatMap(({ body }) => expected(body, schemas)));
    let left = [...messages.keys()];
    for (let round = 0; left.length > 0; round += 1) {
      const sources = left.flatMap((place) => sourceOf(messages[place]));
      const answer = await ask(sources, [...told.values()]);
      if (answer === null) return null;
      const again: number[] = [];
      for (const [index, place] of left.entries()) {
        const found = answer[index];
        if (found?.kind === 'needs' && round < schemasMax) {
          const key = keyOf(found.reference);
          const known = schemas.get(key) ?? (await find(connection, found.reference));
          schemas.set(key, known);
          told.set(key, known);
          again.push(place);
        } else decoded[place] = found?.kind === 'searched' ? found.body : beyondLimit;
      }
      left = again;
    }
    return decoded;
  }

  async function ask(
    sources: readonly SearchedSource[],
    answers: readonly KnownSchema[],
  ): Promise<readonly SearchAnswer[] | null> {
    if (isClosed) return null;
    thread ??= startDecodingThread(masking);
    const answer = await thread.ask({ wants: 'search', sources, answers }, timeoutMs);
    if (typeof answer !== 'string' && answer.kind === 'all') return answer.answers;
    thread = null;
    return null;
  }

  async function find(connection: string, reference: SchemaReference): Promise<KnownSchema> {
    const answer = await registries.get(connection)?.find(reference);
    return { reference, answer: answer ?? notConfigured };
  }

  return {
    decode(connection, messages) {
      if (messages.every(isPlainBody)) return null;
      const mine = last.then(() => decodeAll(connection, messages));
      last = mine.catch(() => undefined);
      return mine.catch(() => messages.map((message) => (isPlainBody(message) ? undefined : beyondTime)));
    },
    async close() {
      isClosed = true;
      await thread?.end();
    },
  };
}

/** Places of the messages that have to be decoded, a few at a time. */
function* portions(messages: readonly RawMessage[]): Generator<readonly number[]> {
  let places: number[] = [];
  let bytes = 0;
  for (const [place, message] of messages.entries()) {
    if (isPlainBody(message)) continue;
    places.push(place);
    bytes += message.body?.length ?? 0;
    if (places.length < atOnce.messages && bytes < atOnce.bytes) continue;
    yield places;
    places = [];
    bytes = 0;
  }
  if (places.length > 0) yield places;
}

function sourceOf(message: RawMessage | undefined): SearchedSource[] {
  if (!message) return [];
  const { body: bytes, headers, properties } = message;
  return [{ part: 'value', bytes, headers, properties }];
}

/** A body that is framed like its neighbours needs their schema. */
function expected(body: Uint8Array | null, schemas: ReadonlyMap<string, KnownSchema>): [string, KnownSchema][] {
  const framed = body && readFrame(body);
  const key = framed ? keyOf(framed.reference) : '';
  const known = schemas.get(key);
  return known ? [[key, known]] : [];
}

function keyOf(reference: SchemaReference): string {
  return `${reference.kind} ${referenceText(reference)}`;
}

const beyondLimit: DecodedBody = { documents: [], missing: 'limit' };
const beyondTime: DecodedBody = { documents: [], missing: 'time' };
