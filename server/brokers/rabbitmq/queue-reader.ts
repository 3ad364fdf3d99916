import { AppError } from '#lib/domain/errors.ts';
import type { QueueFacts } from '#server/brokers/driver.ts';
import type { AmqpSession } from '#server/brokers/rabbitmq/amqp-session.ts';
import type { Delivery } from '#server/brokers/rabbitmq/delivery.ts';
import { openHeldPass, type HeldPass } from '#server/brokers/rabbitmq/held-pass.ts';
import type { ManagementApi, QueueDetails } from '#server/brokers/rabbitmq/management-api.ts';
import { traitsOf, type QueueTraits } from '#server/brokers/rabbitmq/queue-policy.ts';
import { capabilitiesOf, needsSample, refusalOf, type QueueKnowledge } from '#server/brokers/rabbitmq/read-costs.ts';
import type { ReadMemory } from '#server/brokers/rabbitmq/read-memory.ts';

/** What reading needs from the driver. */
export interface ReadContext {
  readonly session: AmqpSession;
  readonly management: ManagementApi | null;
  readonly memory: ReadMemory;
  readonly heldBytesMax: number;
}

export interface Inspected {
  readonly facts: QueueFacts;
  readonly traits: QueueTraits | null;
}

/**
 * The facts of a queue. Where a delivery limit has to be watched and no message was seen since the process began, one is
 * read: RabbitMQ tells the count only with a message. All others are held and given back with it, or it would lose its place.
 */
export async function inspectQueue(context: ReadContext, queue: string, signal: AbortSignal): Promise<Inspected> {
  const { session, memory } = context;
  const { messageCount, consumerCount } = await session.ask(
    `queue "${queue}"`,
    signal,
    async (channel) => await channel.checkQueue(queue),
  );
  const { major } = await session.server(signal);
  const { details, traits } = await detailsOf(context, queue, major, signal);
  const heldByOthers = Math.max(0, (details?.messages_unacknowledged ?? 0) - memory.heldByUs(queue));
  if (messageCount === 0 && heldByOthers === 0 && memory.heldByUs(queue) === 0) memory.forget(queue);

  let knowledge: QueueKnowledge = {
    traits,
    serverMajor: major,
    returns: memory.returns(queue),
    consumers: consumerCount,
    exclusiveConsumer: (details?.consumer_details ?? []).some((consumer) => consumer.exclusive === true),
  };
  if (messageCount > 0 && needsSample(knowledge)) {
    await sample(context, queue, traits, signal);
    knowledge = { ...knowledge, returns: memory.returns(queue) };
  }
  const facts: QueueFacts = {
    depth: { count: messageCount, exact: true },
    heldByOthers,
    capabilities: capabilitiesOf(knowledge),
    refusal: refusalOf(knowledge),
    changeMark: changeMark(messageCount, details, traits),
    lostBefore: [],
  };
  return { facts, traits };
}

async function detailsOf(
  { management }: ReadContext,
  queue: string,
  serverMajor: number,
  signal: AbortSignal,
): Promise<{ details: QueueDetails | null; traits: QueueTraits | null }> {
  if (management === null) return { details: null, traits: null };
  try {
    const [details, policies] = await Promise.all([management.queue(queue, signal), management.policies(signal)]);
    return { details, traits: traitsOf(details, policies, serverMajor) };
  } catch (error) {
    // A user without the tag "management" reads as if there were no API. Any other failure is not passed over: it hides a delivery limit.
    if (error instanceof AppError && (error.code === 'unauthenticated' || error.code === 'forbidden'))
      return { details: null, traits: null };
    throw error;
  }
}

/** Messages that came and went in equal number show only in the counters, which lag; where reads are counted, a late change of the mark would cost one. */
function changeMark(ready: number, details: QueueDetails | null, traits: QueueTraits | null): string {
  const stats = details?.message_stats;
  if (stats === null || stats === undefined || (traits !== null && traits.deliveryLimit !== null)) return String(ready);
  return `${ready}/${stats.publish ?? 0}/${(stats.ack ?? 0) + (stats.deliver_no_ack ?? 0) + (stats.get_no_ack ?? 0)}`;
}

async function sample(
  context: ReadContext,
  queue: string,
  traits: QueueTraits | null,
  signal: AbortSignal,
): Promise<void> {
  const pass = await openReading(context, queue, traits, { limit: 1 }, signal);
  try {
    await pass.next(1);
  } finally {
    await pass.release();
  }
}

/** A held pass that remembers what the deliveries told of the queue's delivery limit. */
export async function openReading(
  context: ReadContext,
  queue: string,
  traits: QueueTraits | null,
  options: { readonly limit?: number },
  signal: AbortSignal,
): Promise<HeldPass> {
  const { session, memory, heldBytesMax } = context;
  // Without a management API it may be a quorum queue.
  const returnsToTheBack = traits === null || traits.type === 'quorum';
  const pass = await openHeldPass(session, queue, { ...options, heldBytesMax, returnsToTheBack }, signal);
  const counts = new Map<Delivery['receipt'], number>();
  let held = 0;
  memory.holding(queue);

  return {
    ready: pass.ready,
    async next(batchMax) {
      const result = await pass.next(batchMax);
      if (!('end' in result)) {
        held += result.length;
        for (const { receipt, message, deliveryCount } of result) {
          const returns = returnsBefore(deliveryCount, receipt.fields.redelivered, traits);
          if (returns !== null && message !== null) counts.set(receipt, returns);
        }
      }
      return result;
    },
    async remove(deliveries) {
      await pass.remove(deliveries);
      held -= deliveries.length;
      for (const { receipt } of deliveries) counts.delete(receipt);
    },
    async release() {
      await pass.release();
      let most: number | null = null;
      for (const returns of counts.values()) most = Math.max(most ?? 0, returns + 1);
      memory.gaveBack(queue, { returns: most, count: held });
    },
  };
}

/** A quorum queue says nothing at the first delivery. Something redelivered without a count is in no quorum queue. */
function returnsBefore(deliveryCount: number | null, redelivered: boolean, traits: QueueTraits | null): number | null {
  if (deliveryCount !== null) return deliveryCount;
  if (traits !== null) return traits.type === 'quorum' ? 0 : null;
  return redelivered ? null : 0;
}
