import { Worker } from 'node:worker_threads';
import type { MaskingSettings } from '#lib/masking/masking.ts';
import type { SchemaReference } from '#lib/payload/wire-format.ts';
import type { DecodedBody } from '#lib/payload/decoded-body.ts';
import type { EditBodyJob, EditedBody } from '#server/payload/editing/edit-body.ts';
import type { Decoded } from '#server/payload/decode-payload.ts';
import type { PayloadSource, RegisteredSchema, SchemaAnswer } from '#server/payload/decoder.ts';

/** What the thread is asked, one at a time. */
export interface PayloadJob {
  /** To be looked at, or to be given out. */
  readonly wants: 'views' | 'bytes';
  readonly source: PayloadSource;
  readonly answers: readonly KnownSchema[];
}

/** Bodies that are to be searched. */
export interface SearchJob {
  readonly wants: 'search';
  readonly sources: readonly SearchedSource[];
  readonly answers: readonly KnownSchema[];
}

/** Bodies that are to be edited, all in the same way. */
export interface EditJob {
  readonly wants: 'edit';
  readonly jobs: readonly EditBodyJob[];
  readonly answers: readonly KnownSchema[];
}

/** Documents that are to be compared with a JSON Schema. */
export interface FitJob {
  readonly wants: 'fit';
  readonly schema: RegisteredSchema;
  readonly documents: readonly Uint8Array[];
}

/** All that the thread is asked. */
export type DecodingJob = PayloadJob | SearchJob | EditJob | FitJob;

export type SearchedSource = PayloadSource & { readonly part: 'value' };

export interface KnownSchema {
  readonly reference: SchemaReference;
  readonly answer: SchemaAnswer;
}

/** What the thread answers. */
export type PayloadAnswer =
  | Decoded
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array | string }
  | { readonly kind: 'all'; readonly answers: readonly SearchAnswer[] }
  | { readonly kind: 'bodies'; readonly answers: readonly EditedBody[] }
  /** Of each where it does not fit; a sentence where the schema cannot be read. */
  | { readonly kind: 'fits'; readonly misfits: readonly (string | null)[] | string };

/** Of one body. */
export type SearchAnswer =
  | { readonly kind: 'searched'; readonly body: DecodedBody | undefined }
  | Extract<Decoded, { readonly kind: 'needs' }>;

export interface DecodingThread {
  /** The answer, or a sentence why there is none; after that the thread is of no use any more. */
  ask(job: DecodingJob, timeoutMs: number): Promise<PayloadAnswer | string>;
  end(): Promise<void>;
}

/** A thread in which a stranger's bytes do what they do to a library. One that dies or is ended takes nothing with it but the payload at hand. */
export function startDecodingThread(masking: MaskingSettings | undefined): DecodingThread {
  const worker = new Worker(new URL('./payload-thread.ts', import.meta.url), {
    name: 'payloads',
    workerData: masking,
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
  });
  const ready = Promise.withResolvers<void>();
  let waiting: ((answer: PayloadAnswer | string) => void) | null = null;
  let ended: string | null = null;
  const endWith = (why: string) => {
    ended ??= why;
    ready.resolve();
    waiting?.(ended);
    void worker.terminate();
  };
  worker.on('message', (message: PayloadAnswer | 'ready') =>
    message === 'ready' ? ready.resolve() : waiting?.(message),
  );
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
      const { promise, resolve } = Promise.withResolvers<PayloadAnswer | string>();
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
