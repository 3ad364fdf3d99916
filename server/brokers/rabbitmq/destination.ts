import { AppError } from '#lib/domain/errors.ts';
import { destinationLabel, type Destination } from '#lib/domain/message.ts';
import type { DestinationFacts, Receiver } from '#server/brokers/driver.ts';
import type { ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { topologyOf } from '#server/brokers/rabbitmq/discover.ts';

const nobody = { writable: 'unknown', receivers: [], maxMessageBytes: null, watermark: null, notes: [] } as const;
const missing: DestinationFacts = { ...nobody, exists: false, writable: 'no' };

/** Whether the exchange exists, and the queues behind it. RabbitMQ tells neither its size limit nor a position. */
export async function describeRabbitMqDestination(
  context: ReadContext,
  destination: Destination,
  signal: AbortSignal,
): Promise<DestinationFacts> {
  if (destination.kind !== 'rabbitmq') {
    throw new AppError(
      'invalid_request',
      `${destinationLabel(destination)} is no destination on ${context.session.label}. Choose an exchange of it.`,
    );
  }
  const { exchange, routingKey } = destination;
  if (exchange === '') {
    const receiver = await receiverOf(context, routingKey, signal);
    return receiver === null ? missing : { ...nobody, exists: true, receivers: [receiver] };
  }
  if (!(await exchangeExists(context, exchange, signal))) return missing;
  return await describeExchange(context, exchange, routingKey, signal);
}

async function describeExchange(
  context: ReadContext,
  exchange: string,
  routingKey: string,
  signal: AbortSignal,
): Promise<DestinationFacts> {
  const { session, management } = context;
  const unknown =
    'Which queues are behind this exchange is not known: the management API of this connection is not available.';
  if (management === null) return { ...nobody, exists: true, notes: [unknown] };
  try {
    const { major } = await session.server(signal);
    const [{ routing }, exchanges] = await Promise.all([
      topologyOf(management, major, signal),
      management.exchanges(signal),
    ]);
    const routed = routing.queuesBehind(exchange, routingKey);
    const receivers: Receiver[] = [];
    for (const queue of routed.queues) {
      const receiver = await receiverOf(context, queue, signal);
      if (receiver !== null) receivers.push(receiver);
    }
    const internal = exchanges.some(({ name, internal: isInternal }) => name === exchange && isInternal === true);
    const uncertain = routed.certain ? [] : ['Which of these queues get it is decided by its headers or by a plugin.'];
    const closed = internal ? ['The exchange is internal: only other exchanges may send to it.'] : [];
    return {
      ...nobody,
      exists: true,
      writable: internal ? 'no' : 'unknown',
      receivers,
      notes: [...uncertain, ...closed],
    };
  } catch (error) {
    if (error instanceof AppError && (error.code === 'unauthenticated' || error.code === 'forbidden'))
      return { ...nobody, exists: true, notes: [unknown] };
    throw error;
  }
}

async function exchangeExists({ session }: ReadContext, exchange: string, signal: AbortSignal): Promise<boolean> {
  return await exists(
    session.ask(`exchange "${exchange}"`, signal, async (channel) => await channel.checkExchange(exchange)),
  );
}

async function exists(asking: Promise<unknown>): Promise<boolean> {
  try {
    await asking;
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return false;
    throw error;
  }
}

async function receiverOf({ session }: ReadContext, queue: string, signal: AbortSignal): Promise<Receiver | null> {
  try {
    const { messageCount, consumerCount } = await session.ask(
      `queue "${queue}"`,
      signal,
      async (channel) => await channel.checkQueue(queue),
    );
    const state = consumerCount === 1 ? '1 consumer' : `${consumerCount} consumers`;
    return { kind: 'queue', name: queue, state, members: consumerCount, lag: messageCount };
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    // An exclusive queue receives, and tells only its owner how much.
    if (error instanceof AppError && error.code === 'forbidden')
      return { kind: 'queue', name: queue, state: 'unknown', members: null, lag: null };
    throw error;
  }
}
