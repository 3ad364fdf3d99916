import { SQSClient } from '@aws-sdk/client-sqs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { AppError } from '#lib/domain/errors.ts';
import { silence } from '#server/brokers/broker-errors.ts';
import { toSqsError } from '#server/brokers/sqs/sqs-errors.ts';
import type { SqsSettings } from '#server/brokers/sqs/sqs-settings.ts';

export interface SqsClient {
  /** Tries again by itself: for requests that may be repeated (attributes, visibility, deletion). */
  readonly patient: SQSClient;
  /**
   * Tries once: for ReceiveMessage, whose lost answer has hidden messages that a repetition would not see, and for SendMessageBatch,
   * whose lost answer must be known as such.
   */
  readonly once: SQSClient;
  /** Runs a request within a time and until the signal is aborted; every failure is an AppError. */
  call<Answer>(request: SqsRequest, send: (http: { abortSignal: AbortSignal }) => Promise<Answer>): Promise<Answer>;
  /** Ends what is running with `cancelled`. */
  destroy(): void;
}

export interface SqsRequest {
  /** A clause for the error: `The queues could not be listed`. */
  readonly failure: string;
  readonly queue?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const defaultTimeoutMs = 15_000;

export function createSqsClient(settings: SqsSettings): SqsClient {
  // A kept connection that the server has closed meanwhile would turn the next send into an unknown one.
  const keep = { keepAlive: true, maxSockets: 32, timeout: 4_000 };
  const httpAgent = new HttpAgent(keep);
  const httpsAgent = new HttpsAgent(keep);
  const dropIdleConnections = (): void => {
    for (const agent of [httpAgent, httpsAgent])
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  };
  const common = {
    region: settings.region,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    ...(settings.credentials === undefined ? {} : { credentials: settings.credentials }),
    requestHandler: { connectionTimeout: 5_000, httpAgent, httpsAgent },
  };
  const patient = new SQSClient({ ...common, maxAttempts: 3 });
  // One body that does not match its checksum would fail a whole receive after its messages were hidden.
  const once = new SQSClient({ ...common, maxAttempts: 1, md5: false });
  const closing = new AbortController();

  return {
    patient,
    once,

    async call(request, send) {
      const { failure, queue, timeoutMs = defaultTimeoutMs, signal } = request;
      const attempt = { connection: settings.connection, failure, ...(queue === undefined ? {} : { queue }) };
      const abort = new AbortController();
      const stopped = Promise.withResolvers<never>();
      // The SDK does not look at the signal while it waits before a repetition, so the caller is freed here.
      const stop = (error: AppError): void => {
        stopped.reject(error);
        abort.abort();
      };
      const cancel = (): void =>
        stop(new AppError('cancelled', `${failure}: it was stopped before that. Start it again when it is wanted.`));
      if (signal?.aborted || closing.signal.aborted) {
        cancel();
        return await stopped.promise;
      }
      const timer = setTimeout(() => {
        stop(new AppError('timed_out', `${failure} (connection ${settings.connection}): ${silence('SQS', timeoutMs)}`));
      }, timeoutMs);
      signal?.addEventListener('abort', cancel, { once: true });
      closing.signal.addEventListener('abort', cancel, { once: true });
      try {
        return await Promise.race([send({ abortSignal: abort.signal }), stopped.promise]);
      } catch (error) {
        const failed = toSqsError(error, attempt);
        // What broke one connection has often broken the others too, and they have not noticed yet.
        if (failed.code === 'interrupted' || failed.code === 'timed_out') dropIdleConnections();
        throw failed;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        closing.signal.removeEventListener('abort', cancel);
      }
    },

    destroy() {
      closing.abort();
      patient.destroy();
      once.destroy();
    },
  };
}
