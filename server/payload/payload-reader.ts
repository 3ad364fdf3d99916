import { Worker } from 'node:worker_threads';
import type { ShownPayload } from '#lib/api/messages.ts';
import { textOf, viewOf } from '#lib/payload/show-payload.ts';
import type { SchemaReference } from '#lib/payload/wire-format.ts';
import type { Decoded } from '#server/payload/decode-payload.ts';
import type { PayloadSource, SchemaAnswer } from '#server/payload/decoder.ts';
import type { SchemaRegistry } from '#server/payload/schema-registry.ts';

/** Shows keys and values as people can read them. */
export interface PayloadReader {
  /**
   * What the chain makes of the bytes, with its report. `connection` says whose schema registry is asked. It never rejects: a payload that
   * takes too long or too much memory is shown as text or hex, and its report says why.
   */
  show(connection: string, source: PayloadSource): Promise<ShownPayload>;
  close(): Promise<void>;
}

export interface PayloadReaderOptions {
  /** By connection; those without one are not in it. */
  readonly registries: ReadonlyMap<string, SchemaRegistry>;
  /** For one payload, without the time that a registry takes. */
  readonly timeoutMs?: number;
}

/** What the thread is asked, one at a time. */
export interface PayloadJob {
  readonly source: PayloadSource;
  readonly answers: readonly { readonly reference: SchemaReference; readonly answer: SchemaAnswer }[];
}

/** A payload has one schema; an envelope might hold another. */
const schemasMax = 3;

/** A thread that dies or is ended takes nothing with it but its one payload; the next one starts it again. */
export function createPayloadReader({ registries, timeoutMs = 3_000 }: PayloadReaderOptions): PayloadReader {
  let thread = startThread();
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** In turn, so that the time limit of one is not spent on another. */
  function decode(job: PayloadJob): Promise<Decoded | string> {
    const mine = last.then(() => runJob(job)).catch(() => 'decoding it failed');
    last = mine;
    return mine;
  }

  async function runJob(job: PayloadJob): Promise<Decoded | string> {
    if (closed) return 'the console is being stopped';
    const answer = await thread.ask(job, timeoutMs);
    if (typeof answer === 'string' && !closed) thread = startThread();
    return answer;
  }

  return {
    async show(connection, source) {
      const answers: { reference: SchemaReference; answer: SchemaAnswer }[] = [];
      const registry = registries.get(connection);
      while (answers.length <= schemasMax) {
        const decoded = await decode({ source, answers });
        if (typeof decoded === 'string') return undecoded(source.bytes, decoded);
        if (decoded.kind === 'shown') return decoded.payload;
        const answer = registry ? await registry.find(decoded.reference) : notConfigured;
        answers.push({ reference: decoded.reference, answer });
      }
      return undecoded(source.bytes, `it asks for more than ${schemasMax} schemas`);
    },
    async close() {
      closed = true;
      await thread.end();
    },
  };
}

interface DecodingThread {
  /** The answer, or a sentence why there is none; after that the thread is of no use any more. */
  ask(job: PayloadJob, timeoutMs: number): Promise<Decoded | string>;
  end(): Promise<void>;
}

function startThread(): DecodingThread {
  const worker = new Worker(new URL('./payload-thread.ts', import.meta.url), {
    name: 'payloads',
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
  });
  const ready = Promise.withResolvers<void>();
  let waiting: ((answer: Decoded | string) => void) | null = null;
  let ended: string | null = null;
  const endWith = (why: string) => {
    ended ??= why;
    ready.resolve();
    waiting?.(ended);
    void worker.terminate();
  };
  worker.on('message', (message: Decoded | 'ready') => (message === 'ready' ? ready.resolve() : waiting?.(message)));
  worker.on('error', (error: unknown) => {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    endWith(isFull ? 'decoding it takes too much memory' : 'decoding it failed');
  });
  worker.on('exit', () => endWith('decoding it failed'));
  worker.unref();
  return {
    async ask(job, timeoutMs) {
      // It holds the process only while somebody waits.
      worker.ref();
      await ready.promise;
      if (ended !== null) return ended;
      const { promise, resolve } = Promise.withResolvers<Decoded | string>();
      waiting = resolve;
      const timer = setTimeout(() => endWith(`decoding it takes more than ${timeoutMs / 1000} s`), timeoutMs);
      worker.postMessage(job);
      const answer = await promise;
      clearTimeout(timer);
      waiting = null;
      worker.unref();
      return answer;
    },
    async end() {
      await worker.terminate();
    },
  };
}

const notConfigured: SchemaAnswer = {
  kind: 'missing',
  note: 'No schema registry is configured for this connection (SCHEMA_REGISTRY_URL).',
};

/** The bytes are shown whatever happens. */
function undecoded(bytes: Uint8Array | null, why: string): ShownPayload {
  const text = bytes === null ? undefined : textOf(bytes);
  return viewOf(bytes, {
    shown: text
      ? { kind: 'text', pretty: null, raw: text.text, cut: text.cut }
      : { kind: 'binary', pretty: null, raw: null, cut: false },
    labels: [text ? 'text (UTF-8)' : 'binary'],
    steps: [{ decoder: 'the chain', outcome: 'failed', note: why }],
    schema: null,
  });
}
