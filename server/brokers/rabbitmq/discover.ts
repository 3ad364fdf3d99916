import { AppError } from '#lib/domain/errors.ts';
import type { DiscoveredQueue } from '#server/brokers/driver.ts';
import { createDeadLetterNames } from '#server/brokers/rabbitmq/dead-letter-names.ts';
import type { Binding, ManagementApi } from '#server/brokers/rabbitmq/management-api.ts';
import { traitsOf, type QueueTraits } from '#server/brokers/rabbitmq/queue-policy.ts';
import type { ReadContext } from '#server/brokers/rabbitmq/queue-reader.ts';
import { capabilitiesOf, limitOf } from '#server/brokers/rabbitmq/read-costs.ts';
import { createRouting, type Routing } from '#server/brokers/rabbitmq/routing.ts';
import type { RabbitMqSettings } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';

type Wishes = Pick<RabbitMqSettings, 'deadLetterPatterns' | 'pinnedQueues'>;

/** By the configuration, by where queues dead-letter to, and by name; in this order of precedence. Without a management API only the first. */
export async function discoverQueues(
  context: ReadContext,
  wishes: Wishes,
  signal: AbortSignal,
): Promise<readonly DiscoveredQueue[]> {
  const { session, management, memory } = context;
  const { major } = await session.server(signal);
  const topology = management === null ? null : await topologyOf(management, major, signal);
  const names = createDeadLetterNames(new Set(topology?.traits.keys()), wishes.deadLetterPatterns);
  const origins = topology === null ? new Map<string, ReadonlySet<string>>() : deadLetterOrigins(topology);
  const found = new Map<string, Omit<DiscoveredQueue, 'capabilities'>>();

  const add = (name: string, foundBy: DiscoveredQueue['foundBy'], known: Iterable<string>): void => {
    if (found.has(name)) return;
    const byName = names.originOf(name);
    const all = new Set([...known, ...(origins.get(name) ?? [])]);
    if (all.size === 0 && byName !== null) all.add(byName);
    found.set(name, { name, foundBy, origins: [...all] });
  };

  for (const { name, origin } of wishes.pinnedQueues ?? [])
    add(name, 'configuration', origin === undefined ? [] : [origin]);
  for (const [name, from] of origins) {
    if (names.isDeadLetter(name) || !isWorkingQueue(topology?.traits.get(name))) add(name, 'topology', from);
  }
  for (const name of topology?.traits.keys() ?? []) {
    if (names.isDeadLetter(name)) add(name, wishes.deadLetterPatterns === undefined ? 'pattern' : 'configuration', []);
  }
  const inOrder = [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return await Promise.all(
    inOrder.map(async (queue) => {
      const traits = topology?.traits.get(queue.name) ?? null;
      if (limitOf(traits, major) !== null) await memory.recall(queue.name);
      const returns = memory.returns(queue.name);
      return { ...queue, capabilities: capabilitiesOf({ traits, serverMajor: major, returns }) };
    }),
  );
}

/** What dead-letters itself is a station on the way (a delay queue's target, a retry queue), unless its name says otherwise. */
function isWorkingQueue(traits: QueueTraits | undefined): boolean {
  return traits !== undefined && traits.deadLetterExchange !== null;
}

/** The queues of a virtual host, and what is bound to what. */
export interface RoutedTopology {
  readonly traits: ReadonlyMap<string, QueueTraits>;
  readonly bindings: readonly Binding[];
  readonly routing: Routing;
}

export async function topologyOf(
  management: ManagementApi,
  serverMajor: number,
  signal: AbortSignal,
): Promise<RoutedTopology> {
  try {
    const [queues, exchanges, bindings, policies] = await Promise.all([
      management.queues(signal),
      management.exchanges(signal),
      management.bindings(signal),
      management.policies(signal),
    ]);
    const shared = queues.filter((queue) => queue.exclusive !== true);
    const traits = new Map(shared.map((queue) => [queue.name, traitsOf(queue, policies, serverMajor)]));
    return { traits, bindings, routing: createRouting(exchanges, bindings, new Set(queues.map(({ name }) => name))) };
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('internal', 'The topology of RabbitMQ could not be understood. Report this as a defect.', {
      cause: error,
    });
  }
}

/** For every queue that failures can land in, the queues that they come from. */
export function deadLetterOrigins(topology: RoutedTopology): ReadonlyMap<string, ReadonlySet<string>> {
  const origins = new Map<string, Set<string>>();
  for (const [origin, traits] of topology.traits) {
    for (const target of deadLetterTargets(topology, origin, traits)) {
      // What comes back to where it was has not been put aside.
      if (target === origin) continue;
      const known = origins.get(target) ?? new Set();
      origins.set(target, known.add(origin));
    }
  }
  return origins;
}

/** The queues that the failures of this one can land in, itself perhaps among them. */
export function deadLetterTargets(
  { bindings, routing }: RoutedTopology,
  origin: string,
  { deadLetterExchange, deadLetterRoutingKey }: QueueTraits,
): ReadonlySet<string> {
  if (deadLetterExchange === null) return new Set();
  const keys = deadLetterRoutingKey === null ? keysInto(origin, bindings) : [deadLetterRoutingKey];
  return new Set([...keys].flatMap((key) => routing.queuesBehind(deadLetterExchange, key).queues));
}

/** Dead letters keep their keys: those by which the origin is bound, its name by the default exchange, or any where a pattern binds it. */
function keysInto(queue: string, bindings: readonly Binding[]): ReadonlySet<string | null> {
  const keys = new Set<string | null>([queue]);
  for (const binding of bindings) {
    if (binding.destination !== queue || binding.destination_type !== 'queue') continue;
    // The key of a binding to a fanout or headers exchange says nothing about the messages' keys.
    keys.add(binding.routing_key === '' || /[*#]/.test(binding.routing_key) ? null : binding.routing_key);
  }
  return keys;
}
