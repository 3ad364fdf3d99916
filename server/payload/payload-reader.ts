import type { ShownPayload } from '#lib/api/messages.ts';
import { createMasking, type MaskingSettings } from '#lib/masking/masking.ts';
import { textOf, viewOf } from '#lib/payload/show-payload.ts';
import type { SchemaReference } from '#lib/payload/wire-format.ts';
import { chainName, type PayloadSource, type SchemaAnswer } from '#server/payload/decoder.ts';
import { type PayloadAnswer, type PayloadJob, startDecodingThread } from '#server/payload/decoding-thread.ts';
import { maskShown } from '#server/payload/mask-shown.ts';
import type { SchemaRegistry } from '#server/payload/schema-registry.ts';

/** Shows keys and values as people can read them. */
export interface PayloadReader {
  /**
   * What the chain makes of the bytes, with its report. `connection` says whose schema registry is asked. It never rejects: a payload that
   * takes too long or too much memory is shown as text or hex, and its report says why.
   */
  show(connection: string, source: PayloadSource): Promise<ShownPayload>;
  /** The bytes themselves, with what is masked in them masked; a sentence where they cannot be given out. */
  bytes(connection: string, source: PayloadSource): Promise<Uint8Array | string>;
  close(): Promise<void>;
}

export interface PayloadReaderOptions {
  /** By connection; those without one are not in it. */
  readonly registries: ReadonlyMap<string, Pick<SchemaRegistry, 'find'>>;
  readonly masking?: MaskingSettings | undefined;
  /** For one payload, without the time that a registry takes. */
  readonly timeoutMs?: number;
}

type Answer = Exclude<PayloadAnswer, { readonly kind: 'needs' }>;

/** A payload has one schema; an envelope might hold another. */
const schemasMax = 3;

/** A thread that dies or is ended takes nothing with it but its one payload; the next one starts it again. */
export function createPayloadReader({
  registries,
  masking: settings,
  timeoutMs = 3_000,
}: PayloadReaderOptions): PayloadReader {
  const masking = settings && createMasking(settings);
  let thread = startDecodingThread(settings);
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** In turn, so that the time limit of one is not spent on another. */
  function decode(job: PayloadJob): Promise<PayloadAnswer | string> {
    const mine = last.then(() => runJob(job)).catch(() => 'decoding it failed');
    last = mine;
    return mine;
  }

  async function runJob(job: PayloadJob): Promise<PayloadAnswer | string> {
    if (closed) return 'the console is being stopped';
    const answer = await thread.ask(job, timeoutMs);
    if (typeof answer === 'string' && !closed) thread = startDecodingThread(settings);
    return answer;
  }

  /** What the thread has made of it, once it has the schemas that it asked for; a sentence where it has made nothing. */
  async function ask(connection: string, source: PayloadSource, wants: PayloadJob['wants']): Promise<Answer | string> {
    const answers: { reference: SchemaReference; answer: SchemaAnswer }[] = [];
    const registry = registries.get(connection);
    while (answers.length <= schemasMax) {
      const decoded = await decode({ source, answers, wants });
      if (typeof decoded === 'string' || decoded.kind !== 'needs') return decoded;
      const answer = registry ? await registry.find(decoded.reference) : notConfigured;
      answers.push({ reference: decoded.reference, answer });
    }
    return `it asks for more than ${schemasMax} schemas`;
  }

  return {
    async show(connection, source) {
      const answer = await ask(connection, source, 'views');
      if (typeof answer !== 'string' && answer.kind === 'shown') return answer.payload;
      const shown = undecoded(source.bytes, typeof answer === 'string' ? answer : 'decoding it failed');
      return masking ? maskShown(shown, source, masking) : shown;
    },
    async bytes(connection, source) {
      if (!masking) return source.bytes ?? new Uint8Array();
      const answer = await ask(connection, source, 'bytes');
      if (typeof answer === 'string')
        return `The bytes are withheld, because what is masked in them is not known: ${answer}.`;
      return answer.kind === 'bytes' ? answer.bytes : 'The bytes are withheld.';
    },
    async close() {
      closed = true;
      await thread.end();
    },
  };
}

export const notConfigured: SchemaAnswer = {
  kind: 'missing',
  note: 'No schema registry is configured for this connection (schemaRegistryUrl; for Kafka also SCHEMA_REGISTRY_URL).',
};

/** The bytes are shown whatever happens. */
function undecoded(bytes: Uint8Array | null, why: string): ShownPayload {
  const text = bytes === null ? undefined : textOf(bytes);
  return viewOf(bytes, {
    shown: text
      ? { kind: 'text', pretty: null, raw: text.text, cut: text.cut }
      : { kind: 'binary', pretty: null, raw: null, cut: false },
    labels: [text ? 'text (UTF-8)' : 'binary'],
    steps: [{ decoder: chainName, outcome: 'failed', note: why }],
    schema: null,
  });
}
