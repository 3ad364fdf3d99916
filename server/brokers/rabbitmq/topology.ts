import { AppError } from '#lib/domain/errors.ts';
import type { DeadLettering, Topology, TopologyQueue } from '#lib/domain/topology.ts';
import { deadLetterTargets, topologyOf } from '#server/brokers/rabbitmq/discover.ts';
import { retentionOf, type ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import type { QueueTraits } from '#server/brokers/rabbitmq/queue-policy.ts';

type Context = Pick<ReadContext, 'session' | 'management' | 'memory'> & { readonly vhost: string };

/** By the management API: AMQP tells nothing of policies and bindings. */
export async function readRabbitMqTopology(context: Context, signal: AbortSignal): Promise<Topology> {
  const { session, management, memory, vhost } = context;
  if (management === null)
    return nothing(
      'The management API is not configured: which queues there are, and where they dead-letter to, is not known.',
    );
  try {
    const { major } = await session.server(signal);
    const [topology, totals] = await Promise.all([topologyOf(management, major, signal), management.totals(signal)]);
    const consumers = new Map(totals.map((queue) => [queue.name, queue.consumers ?? null]));
    const queues = [...topology.traits].map(([name, traits]): TopologyQueue => {
      const told = consumers.get(name) ?? null;
      return {
        name,
        kind: traits.type === 'stream' ? 'stream' : `${traits.type} queue`,
        deadLetters: deadLettering(traits, () => deadLetterTargets(topology, name, traits)),
        retention: retentionOf(traits),
        deliveryLimit: traits.deliveryLimit,
        consumers: told && Math.max(0, told - memory.readers(name)),
        isShortLived: traits.isShortLived,
        ...(traits.policy && { policy: traits.policy }),
      };
    });
    return { queues: queues.toSorted((a, b) => (a.name < b.name ? -1 : 1)), notes: [], vhost };
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'forbidden' && error.code !== 'unauthenticated')) throw error;
    return nothing(`${error.message} Until then which queues there are, and where they dead-letter to, is not known.`);
  }
}

function deadLettering(
  { type, deadLetterExchange: exchange, deadLetterRoutingKey: key }: QueueTraits,
  targets: () => ReadonlySet<string>,
): DeadLettering {
  if (type === 'stream') return { kind: 'untold' };
  if (exchange === null) return { kind: 'nowhere' };
  const to = exchange === '' ? 'the default exchange' : `exchange "${exchange}"`;
  const queues = [...targets()].toSorted();
  const via = `${to} with ${key === null ? 'the keys that messages had' : `key "${key}"`}`;
  return { kind: 'to', queues, via, exchange: { name: exchange, key } };
}

function nothing(note: string): Topology {
  return { queues: [], notes: [note] };
}
