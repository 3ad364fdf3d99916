import { AppError } from '#lib/domain/errors.ts';
import type { DeadLettering, Topology, TopologyQueue } from '#lib/domain/topology.ts';
import { deadLetterTargets, type RoutedTopology, topologyOf } from '#server/brokers/rabbitmq/discover.ts';
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
        deadLetters: deadLettering(topology, name, traits),
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

function deadLettering(topology: RoutedTopology, queue: string, traits: QueueTraits): DeadLettering {
  const { type: queueType, deadLetterExchange: name, deadLetterRoutingKey: key } = traits;
  if (queueType === 'stream') return { kind: 'untold' };
  if (name === null) return { kind: 'nowhere' };
  const queues = [...deadLetterTargets(topology, queue, traits)].toSorted();
  const type = topology.routing.typeOf(name);
  const stays = traits.keepsDeadLetters ? { stays: true as const } : {};
  return { kind: 'to', queues, via: viaWords(name, key, type), exchange: { name, key, type }, ...stays };
}

/** The key is named where it decides. */
function viaWords(exchange: string, key: string | null, type: string | null): string {
  const by = key === null ? 'the keys that messages had' : `key "${key}"`;
  if (exchange === '') return `the default exchange with ${by}`;
  if (type === null) return `exchange "${exchange}"`;
  return `the ${type} exchange "${exchange}"${type === 'direct' || type === 'topic' ? ` with ${by}` : ''}`;
}

function nothing(note: string): Topology {
  return { queues: [], notes: [note] };
}
