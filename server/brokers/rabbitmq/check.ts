import { AppError } from '#lib/domain/errors.ts';
import { silence } from '#server/brokers/broker-errors.ts';
import { type BrokerInfo, checkWithinMs } from '#server/brokers/driver.ts';
import { answered, createAmqpSession } from '#server/brokers/rabbitmq/amqp-session.ts';
import type { ManagementApi } from '#server/brokers/rabbitmq/management-api.ts';
import type { Endpoint } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';

export interface RabbitMqCheck {
  check(signal: AbortSignal): Promise<BrokerInfo>;
  close(): Promise<void>;
}

/** Over a connection of its own, because behind the deliveries of a long scan an answer would wait. Both sides are asked, and who does not answer is named. */
export function createRabbitMqCheck(endpoint: Endpoint, management: ManagementApi | null): RabbitMqCheck {
  const session = createAmqpSession(endpoint, 'looks');

  async function askAmqp(signal: AbortSignal): Promise<Omit<BrokerInfo, 'notes'>> {
    try {
      await answered(
        session.ask('the connection', signal, async () => undefined),
        signal,
        checkWithinMs,
        endpoint.label,
      );
      const { product, version } = await session.server(signal);
      return { product, version };
    } catch (error) {
      session.drop();
      throw error;
    }
  }

  return {
    async check(signal) {
      const [amqp, api] = await Promise.allSettled([
        // A kept connection that broke since the last look says nothing of how things are now.
        askAmqp(signal).catch((error: unknown) => {
          if (codeOf(error) !== 'interrupted') throw error;
          return askAmqp(signal);
        }),
        askManagement(endpoint, management, signal),
      ]);
      if (amqp.status === 'rejected') {
        const isBoth = isSilence(amqp.reason) && api.status === 'rejected' && isSilence(api.reason);
        throw isBoth && management !== null ? bothAway(endpoint, [amqp.reason, api.reason]) : amqp.reason;
      }
      if (api.status === 'rejected') throw api.reason;
      return { ...amqp.value, notes: api.value };
    },
    close: () => session.close(),
  };
}

/** What it does not permit is told in notes; that it does not answer at all is a failure, because no queue is found then. */
async function askManagement(
  { label }: Endpoint,
  management: ManagementApi | null,
  signal: AbortSignal,
): Promise<BrokerInfo['notes']> {
  if (management === null)
    return ['The management API is not configured: queues cannot be listed, and their types and limits not be seen.'];
  try {
    await answered(management.answers(signal), signal, checkWithinMs, `The management API of ${label}`);
    return [];
  } catch (error) {
    if (error instanceof AppError && error.code !== 'cancelled' && !isSilence(error)) return [error.message];
    throw error;
  }
}

/** Who accepts and says nothing hangs; else nobody is there, or at least nobody at one of the two addresses. */
function bothAway({ label }: Endpoint, reasons: readonly unknown[]): AppError {
  const message = reasons.every((reason) => codeOf(reason) === 'timed_out')
    ? silence(`${label} and its management API`, checkWithinMs)
    : `${label} cannot be reached, and neither can its management API. Check whether it runs, and the address and the network.`;
  return new AppError('unreachable', message);
}

function isSilence(error: unknown): boolean {
  return codeOf(error) === 'unreachable' || codeOf(error) === 'timed_out';
}

function codeOf(error: unknown): string | null {
  return error instanceof AppError ? error.code : null;
}
