import { z } from 'zod';
import { AppError } from '#lib/domain/errors.ts';
import { abortable } from '#server/brokers/rabbitmq/amqp-session.ts';
import { createManagementRequest, type ManagementRequest } from '#server/brokers/rabbitmq/management-request.ts';
import { managementError } from '#server/brokers/rabbitmq/rabbitmq-errors.ts';
import type { Endpoint } from '#server/brokers/rabbitmq/rabbitmq-settings.ts';

/** RabbitMQ's HTTP API, as far as it is read here: what AMQP itself cannot tell. It never reads a message; `shovel-api.ts` alone writes. */
export interface ManagementApi {
  /** Asks for something small that is in every virtual host. */
  answers(signal: AbortSignal): Promise<void>;
  queues(signal: AbortSignal): Promise<readonly QueueDefinition[]>;
  /** Counts of every queue, which lag by some seconds. */
  totals(signal: AbortSignal): Promise<readonly QueueTotals[]>;
  /** With counts and consumers, which lag by some seconds. */
  queue(name: string, signal: AbortSignal): Promise<QueueDetails>;
  exchanges(signal: AbortSignal): Promise<readonly ExchangeDefinition[]>;
  bindings(signal: AbortSignal): Promise<readonly Binding[]>;
  /** Both kinds; empty where the user may not see them. */
  policies(signal: AbortSignal): Promise<Policies>;
}

export interface Policies {
  readonly user: readonly Policy[];
  readonly operator: readonly Policy[];
}

/** Arguments and definitions are the operator's own data: names are checked where they are used. */
const table = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
  .nullish()
  // Erlang's empty list stands for an empty object in some versions.
  .transform((value): Readonly<Record<string, unknown>> =>
    value === null || value === undefined || Array.isArray(value) ? {} : value,
  );
const count = z.number().nullish();

const queueDefinition = z.object({
  name: z.string(),
  type: z.string().nullish(),
  durable: z.boolean().nullish(),
  exclusive: z.boolean().nullish(),
  auto_delete: z.boolean().nullish(),
  arguments: table,
  effective_policy_definition: table,
});
export type QueueDefinition = z.infer<typeof queueDefinition>;

const queueDetails = queueDefinition.extend({
  messages_ready: count,
  messages_unacknowledged: count,
  consumers: count,
  consumer_details: z.array(z.object({ exclusive: z.boolean().nullish() })).nullish(),
  message_stats: z
    .object({ publish: count, ack: count, deliver_no_ack: count, get_no_ack: count })
    .nullish()
    .catch(null),
});
export type QueueDetails = z.infer<typeof queueDetails>;

/** Counts are absent where the server collects none, or not yet. */
const queueTotals = queueDefinition
  .pick({ name: true, type: true, exclusive: true })
  .extend({ messages_ready: count, messages_unacknowledged: count, consumers: count });
export type QueueTotals = z.infer<typeof queueTotals>;

const exchangeDefinition = z.object({
  name: z.string(),
  type: z.string(),
  internal: z.boolean().nullish(),
  arguments: table,
});
export type ExchangeDefinition = z.infer<typeof exchangeDefinition>;

const binding = z.object({
  source: z.string(),
  destination: z.string(),
  destination_type: z.enum(['queue', 'exchange']),
  routing_key: z.string(),
  arguments: table,
});
export type Binding = z.infer<typeof binding>;

const policy = z.object({
  name: z.string(),
  pattern: z.string(),
  'apply-to': z.string(),
  priority: z.number(),
  definition: table,
});
export type Policy = z.infer<typeof policy>;

const pageSize = 500;

/** `null` where the connection has no management URL. */
export function createManagementApi(endpoint: Endpoint): ManagementApi | null {
  const request = createManagementRequest(endpoint);
  return request === null ? null : readingBy(request, endpoint);
}

function readingBy(request: ManagementRequest, endpoint: Endpoint): ManagementApi {
  const { label } = endpoint;
  const vhost = encodeURIComponent(endpoint.vhost);

  async function get<T>(path: string, shape: z.ZodType<T>, signal: AbortSignal, subject?: string): Promise<T> {
    const { status, body } = await request('GET', path, signal);
    if (body === undefined) throw managementError(status, { label, ...(subject === undefined ? {} : { subject }) });
    const parsed = shape.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new AppError(
      'unsupported',
      `The management API of ${label} answered in an unknown form. Is it a RabbitMQ of 3.8 or newer?`,
    );
  }

  async function permitted(path: string, signal: AbortSignal): Promise<readonly Policy[]> {
    try {
      return await get(path, z.array(policy), signal);
    } catch (error) {
      if (error instanceof AppError && (error.code === 'unauthenticated' || error.code === 'forbidden')) return [];
      throw error;
    }
  }

  async function allQueues<Shape extends z.ZodObject>(shape: Shape, signal: AbortSignal): Promise<z.infer<Shape>[]> {
    const found: z.infer<Shape>[] = [];
    const columns = Object.keys(shape.shape).join(',');
    const queuesPage = z.object({ items: z.array(shape), page_count: z.number() });
    for (let page = 1, pages = 1; page <= pages; page++) {
      const path = `/queues/${vhost}?page=${page}&page_size=${pageSize}&columns=${columns}`;
      const answer = await get(path, queuesPage, signal);
      found.push(...answer.items);
      pages = answer.page_count;
    }
    return found;
  }

  return {
    async answers(signal) {
      await get(`/exchanges/${vhost}/amq.direct?columns=name`, z.object({ name: z.string() }), signal);
    },
    queues: (signal) => allQueues(queueDefinition, signal),
    totals: (signal) => allQueues(queueTotals, signal),
    queue: (name, signal) =>
      get(`/queues/${vhost}/${encodeURIComponent(name)}`, queueDetails, signal, `queue "${name}"`),
    exchanges: (signal) => get(`/exchanges/${vhost}`, z.array(exchangeDefinition), signal),
    bindings: (signal) => get(`/bindings/${vhost}`, z.array(binding), signal),
    async policies(signal) {
      const [user, operator] = await abortable(
        Promise.all([permitted(`/policies/${vhost}`, signal), permitted(`/operator-policies/${vhost}`, signal)]),
        signal,
      );
      return { user, operator };
    },
  };
}
