import { z } from 'zod';
import type { SchemaReference } from '#lib/payload/wire-format.ts';
import { referenceText } from '#lib/payload/wire-format.ts';
import type { Clock } from '#server/clock.ts';
import type { RegisteredSchema, SchemaAnswer } from '#server/payload/decoder.ts';
import { requestsBy } from '#server/payload/registry-request.ts';

/** Reads schemas from a Confluent-compatible registry. */
export interface SchemaRegistry {
  /**
   * The schema with all that it refers to. It never throws: what cannot be had is `missing` with a sentence why. Schemas are kept, because
   * an id never changes its meaning; that one is unknown for half a minute, that the registry failed for ten seconds. Calls for the same
   * schema share one request.
   */
  find(reference: SchemaReference): Promise<SchemaAnswer>;
  /** The newest version of a subject, as `find`; what is known of it is asked again after half a minute. */
  latest(subject: string): Promise<SchemaAnswer>;
}

export interface SchemaRegistryOptions {
  /** The address with its path; `https://user:password@host/path` for basic authentication. */
  readonly url: string;
  /** PEM of the authority that signed the registry's certificate, where it is none of the usual ones. */
  readonly ca?: string | undefined;
  readonly clock: Clock;
  /** For the schema and all that it refers to, together. */
  readonly timeoutMs?: number;
}

const keptMax = 500;
const unknownForMs = 30_000;
const failedForMs = 10_000;
const latestForMs = 30_000;
const answerBytesMax = 2 * 1024 * 1024;
const referencesMax = 100;

const schemaAnswer = z.object({
  schema: z.string(),
  // Avro is the one that is not named.
  schemaType: z.enum(['AVRO', 'JSON', 'PROTOBUF']).nullish(),
  references: z.array(z.object({ name: z.string(), subject: z.string(), version: z.number() })).nullish(),
});
const versionAnswer = schemaAnswer.extend({ version: z.number() });
const usesAnswer = z.array(z.object({ subject: z.string(), version: z.number() }));

interface Kept {
  readonly answer: Promise<SchemaAnswer>;
  /** Epoch milliseconds; infinity for a schema. */
  until: number;
}

export function createSchemaRegistry({ url, ca, clock, timeoutMs = 5_000 }: SchemaRegistryOptions): SchemaRegistry {
  const request = requestsBy(url.startsWith('https:') ? ca : undefined);
  const { base, shownAs, headers } = addressOf(url);
  const kept = new Map<string, Kept>();

  async function get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    signal: AbortSignal,
  ): Promise<z.output<Schema> | 'unknown'> {
    const response = await request(`${base}/${path}`, { headers, signal });
    if (response.status === 404) {
      await response.body?.cancel();
      return 'unknown';
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new RegistryRefusal(
        response.status === 401 || response.status === 403
          ? `It refused the credentials (HTTP ${response.status}).`
          : `It answered HTTP ${response.status}.`,
      );
    }
    const answer = schema.safeParse(JSON.parse(await limitedText(response)));
    if (!answer.success) throw new RegistryRefusal('It answered something that is no schema.');
    return answer.data;
  }

  async function load(reference: SchemaReference, signal: AbortSignal): Promise<RegisteredSchema | null> {
    const id = encodeURIComponent(referenceText(reference));
    const found = await get(
      reference.kind === 'id' ? `schemas/ids/${id}` : `schemas/guids/${id}`,
      schemaAnswer,
      signal,
    );
    if (found === 'unknown') return null;
    // Where it is used is good to know, and no reason to fail.
    const uses =
      reference.kind === 'id'
        ? await get(`schemas/ids/${id}/versions`, usesAnswer, signal).catch(() => 'unknown' as const)
        : 'unknown';
    const references = new Map<string, string>();
    await follow(found.references ?? [], references, signal);
    return {
      type: found.schemaType ?? 'AVRO',
      text: found.schema,
      ...usedBy(uses === 'unknown' ? [] : uses),
      references: Array.from(references, ([name, text]) => ({ name, text })),
    };
  }

  async function loadLatest(subject: string, signal: AbortSignal): Promise<RegisteredSchema | null> {
    const found = await get(`subjects/${encodeURIComponent(subject)}/versions/latest`, versionAnswer, signal);
    if (found === 'unknown') return null;
    const references = new Map<string, string>();
    await follow(found.references ?? [], references, signal);
    return {
      type: found.schemaType ?? 'AVRO',
      text: found.schema,
      subject,
      version: found.version,
      references: Array.from(references, ([name, text]) => ({ name, text })),
    };
  }

  async function follow(
    references: readonly { name: string; subject: string; version: number }[],
    found: Map<string, string>,
    signal: AbortSignal,
    path: readonly string[] = [],
  ): Promise<void> {
    for (const { name, subject, version } of references) {
      if (found.has(name) || path.includes(name)) continue;
      if (found.size + path.length >= referencesMax)
        throw new RegistryRefusal(`The schema refers to more than ${referencesMax} others.`);
      const at = `subjects/${encodeURIComponent(subject)}/versions/${version}`;
      const schema = await get(at, schemaAnswer, signal);
      if (schema === 'unknown')
        throw new RegistryRefusal(`The schema refers to ${subject} version ${version}, which it does not have.`);
      // Innermost first: Avro's parser has to know a name before it is used.
      await follow(schema.references ?? [], found, signal, [...path, name]);
      found.set(name, schema.schema);
    }
  }

  async function ask(
    load: (signal: AbortSignal) => Promise<RegisteredSchema | null>,
    knownForMs: number,
    entry: { until: number },
  ): Promise<SchemaAnswer> {
    try {
      const schema = await load(AbortSignal.timeout(timeoutMs));
      if (schema) {
        entry.until = clock.now() + knownForMs;
        return { kind: 'found', schema };
      }
      entry.until = clock.now() + unknownForMs;
      return { kind: 'missing', note: `The schema registry at ${shownAs} does not know it.` };
    } catch (error) {
      entry.until = clock.now() + failedForMs;
      return {
        kind: 'missing',
        note: `The schema registry at ${shownAs} could not be asked. ${whyOf(error, timeoutMs)}`,
        unasked: true,
      };
    }
  }

  /** Until the answer is there the entry counts, so that others wait for it too. */
  function once(key: string, make: (entry: { until: number }) => Promise<SchemaAnswer>): Promise<SchemaAnswer> {
    const known = kept.get(key);
    if (known && known.until > clock.now()) {
      kept.delete(key);
      kept.set(key, known);
      return known.answer;
    }
    const state = { until: Number.POSITIVE_INFINITY };
    const answer = make(state);
    kept.set(key, {
      answer,
      get until() {
        return state.until;
      },
    });
    const [oldest] = kept.keys();
    if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
    return answer;
  }

  return {
    find: (reference) =>
      once(`${reference.kind} ${referenceText(reference)}`, (entry) =>
        ask((signal) => load(reference, signal), Number.POSITIVE_INFINITY, entry),
      ),
    latest: (subject) =>
      once(`latest ${subject}`, (entry) => ask((signal) => loadLatest(subject, signal), latestForMs, entry)),
  };
}

/** The same schema has one id in all subjects that registered it; which of them the message means is not said. */
function usedBy(
  uses: readonly { readonly subject: string; readonly version: number }[],
): Pick<RegisteredSchema, 'subject' | 'version'> {
  const subjects = new Map(uses.map(({ subject, version }) => [subject, version]));
  const [first] = subjects;
  if (first === undefined) return { subject: null, version: null };
  const [subject, version] = first;
  return subjects.size === 1
    ? { subject, version }
    : { subject: `${subject} and ${subjects.size - 1} more`, version: null };
}

/** A sentence that may be shown. */
class RegistryRefusal extends Error {}

function addressOf(text: string): { base: string; shownAs: string; headers: Record<string, string> } {
  const url = new URL(text);
  const user = decodeURIComponent(url.username);
  const password = decodeURIComponent(url.password);
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  const headers: Record<string, string> = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json;q=0.9',
  };
  if (user !== '' || password !== '')
    headers['authorization'] = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return { base: url.href.replace(/\/+$/, ''), shownAs: url.host, headers };
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > answerBytesMax)
      throw new RegistryRefusal(`Its answer is larger than ${answerBytesMax / 1024 / 1024} MiB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Native errors may hold the address with its password: only what is known is said. */
function whyOf(error: unknown, timeoutMs: number): string {
  if (error instanceof RegistryRefusal) return error.message;
  if (error instanceof SyntaxError) return 'It answered something that is no JSON.';
  const cause = error instanceof Error ? error.cause : undefined;
  if ([error, cause].some((each) => each instanceof Error && each.name === 'TimeoutError'))
    return `It did not answer within ${timeoutMs / 1000} s.`;
  const known = cause ?? error;
  const code = known instanceof Error && 'code' in known && typeof known.code === 'string' ? ` (${known.code})` : '';
  return `It could not be reached${code}.`;
}
