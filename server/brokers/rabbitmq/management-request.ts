import { AppError } from '#lib/domain/errors.ts';
import { silence } from '#server/brokers/broker-errors.ts';
import { cancelled } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';
import type { Endpoint } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';

/** `body` is `undefined` where the status is not of success. */
export interface ManagementAnswer {
  readonly status: number;
  readonly body: unknown;
}

export type ManagementRequest = (
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  signal: AbortSignal,
  sent?: unknown,
) => Promise<ManagementAnswer>;

const answerMs = 15_000;

/** One request to RabbitMQ's HTTP API, tried once. Throws `unreachable` where nothing that can be read comes back; a refusal is an answer. `null` where the connection has no management URL. */
export function createManagementRequest({ management, label }: Endpoint): ManagementRequest | null {
  if (management === null) return null;
  const authorization = `Basic ${Buffer.from(`${management.username}:${management.password}`).toString('base64')}`;
  return async (method, path, signal, sent) => {
    if (signal.aborted) throw cancelled();
    try {
      const response = await fetch(`${management.origin}/api${path}`, {
        method,
        headers: { authorization, accept: 'application/json', 'content-type': 'application/json' },
        ...(sent !== undefined && { body: JSON.stringify(sent) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
      });
      if (response.ok && method === 'GET') return { status: response.status, body: await response.json() };
      await response.body?.cancel();
      return { status: response.status, body: undefined };
    } catch (error) {
      if (signal.aborted) throw cancelled();
      const who = `The management API of ${label}`;
      if (error instanceof Error && error.name === 'TimeoutError')
        throw new AppError('unreachable', silence(who, answerMs));
      const reason = error instanceof SyntaxError ? 'answers with something that is no JSON' : 'cannot be reached';
      throw new AppError(
        'unreachable',
        `${who} ${reason}. Check RABBITMQ_MANAGEMENT_URL and that the plugin is enabled.`,
      );
    }
  };
}
