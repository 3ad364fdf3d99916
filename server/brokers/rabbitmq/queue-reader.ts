import { AppError } from '#lib/domain/errors.ts';
import type { Retention } from '#lib/domain/queue.ts';
import type { QueueFacts } from '#server/brokers/driver.ts';
import { abortable, type AmqpSession } from '#server/brokers/rabbitmq/amqp-session.ts';
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
 * The facts of a queue. Where a delivery limit has to be watched and nothing is known of how often messages were given back, one is
 * read: RabbitMQ tells the count only with a message. All others are held and given back with it, or it would lose its place. That is never
 * done while this process reads the queue anyway, and a read that begins meanwhile waits for it: neither would see what the other holds.
 */
export async function inspectQueue(context: ReadContext, queue: string, signal: AbortSignal): Promise<Inspected> {
  const { session, memory } = context;
  await abortable(memory.recall(queue), signal);
  await abortable(memory.sampling(queue) ?? Promise.resolve(), signal);
  const { messageCount, consumerCount } = await session.ask(
    `queue "${queue}"`,
    signal,
    async (channel) => await channel.checkQueue(queue),
  );
  const { major } = await session.server(signal);
  const { details, traits } = await detailsOf(context, queue, major, signal);
  const consumers = Math.max(0, consumerCount - memory.readers(queue));
  const heldByOthers = heldBy(details, consumers, memory.countsLag(queue));
  if (messageCount === 0 && heldByOthers === 0 && !memory.countsLag(queue)) memory.forget(queue);

  let knowledge: QueueKnowledge = {
    traits,
    serverMajor: major,
    returns: memory.returns(queue),
    consumers,
    exclusiveConsumer: (details?.consumer_details ?? []).some((consumer) => consumer.exclusive === true),
  };
  while (messageCount > 0 && needsSample(knowledge) && memory.readers(queue) === 0) {
    const running = memory.sampling(queue);
    if (running === null) await memory.sample(queue, () => sample(context, queue, traits, signal));
    else await abortable(running, signal);
    const returns = memory.returns(queue);
    // Another one's sample may have been stopped with its caller; one's own that showed nothing met an empty queue.
    if (running === null || returns !== null) {
      knowledge = { ...knowledge, returns };
      break;
    }
  }
  const facts: QueueFacts = {
    depth: { count: messageCount, exact: true },
    heldByOthers,
    capabilities: capabilitiesOf(knowledge),
    retention: retentionOf(traits),
    refusal: refusalOf(knowledge),
    ...changeMark(messageCount, details, traits),
    lostBefore: [],
  };
  return { facts, traits };
}

/**
 * What is behind the first in line goes only when it gets there (rabbitmq.com/docs/ttl, "Caveats"). A stream's limits are of size or of whole segments; a queue with a
 * limit of length drops its oldest when more comes, and one that is deleted with its last user takes them along.
 */
export function retentionOf(traits: QueueTraits | null): Retention {
  if (traits === null || traits.type === 'stream' || traits.dropsHead || traits.isShortLived) return { kind: 'untold' };
  const { messageTtlMs } = traits;
  return messageTtlMs === null ? { kind: 'unlimited' } : { kind: 'for', ms: messageTtlMs, bound: 'at-least' };
}

/**
 * What others hold. AMQP tells exactly whether there are consumers; only the management API tells what is unacknowledged, seconds late and
 * our own included: nobody is known to hold nothing before the counts have caught up, unless there is neither a consumer nor a count.
 */
function heldBy(details: QueueDetails | null, consumers: number, countsLag: boolean): QueueFacts['heldByOthers'] {
  const unacknowledged = details?.messages_unacknowledged ?? null;
  if (unacknowledged === null) return consumers === 0 ? 0 : 'untold';
  if (!countsLag) return unacknowledged;
  return consumers === 0 && unacknowledged === 0 ? 0 : 'not yet';
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
function changeMark(
  ready: number,
  details: QueueDetails | null,
  traits: QueueTraits | null,
): Pick<QueueFacts, 'changeMark' | 'countsOnly'> {
  const stats = details?.message_stats;
  if (stats === null || stats === undefined || (traits !== null && traits.deliveryLimit !== null))
    return { changeMark: String(ready), countsOnly: true };
  const left = (stats.ack ?? 0) + (stats.deliver_no_ack ?? 0) + (stats.get_no_ack ?? 0);
  return { changeMark: `${ready}/${stats.publish ?? 0}/${left}`, countsOnly: false };
}

async function sample(
  context: ReadContext,
  queue: string,
  traits: QueueTraits | null,
  signal: AbortSignal,
): Promise<void> {
  const pass = await openPass(context, queue, traits, { limit: 1 }, signal);
  try {
    await pass.next(1);
  } finally {
    await pass.release();
  }
}

/** A held pass that remembers what the deliveries told of the queue's delivery limit. Waits for a sample that is under way. */
export async function openReading(
  context: ReadContext,
  queue: string,
  traits: QueueTraits | null,
  options: { readonly limit?: number },
  signal: AbortSignal,
): Promise<HeldPass> {
  for (let running = context.memory.sampling(queue); running !== null; running = context.memory.sampling(queue))
    await abortable(running, signal);
  return await openPass(context, queue, traits, options, signal);
}

async function openPass(
  context: ReadContext,
  queue: string,
  traits: QueueTraits | null,
  options: { readonly limit?: number },
  signal: AbortSignal,
): Promise<HeldPass> {
  const { session, memory, heldBytesMax } = context;
  // Without a management API it may be a quorum queue.
  const returnsToTheBack = traits === null || traits.type === 'quorum';
  // Said before the consumer is there: whoever looks at the queue meanwhile leaves it alone.
  memory.holding(queue);
  const pass = await openHeldPass(session, queue, { ...options, heldBytesMax, returnsToTheBack }, signal).catch(
    (error: unknown) => {
      memory.gaveBack(queue, null);
      throw error;
    },
  );
  const counts = new Map<Delivery['receipt'], number>();
  let released: Promise<void> | null = null;

  return {
    ready: pass.ready,
    async next(batchMax) {
      const result = await pass.next(batchMax);
      if (!('end' in result)) {
        for (const { receipt, deliveryCount } of result) {
          const returns = returnsBefore(deliveryCount, receipt.fields.redelivered, traits);
          if (returns !== null) counts.set(receipt, returns);
        }
      }
      return result;
    },
    async remove(deliveries) {
      await pass.remove(deliveries);
      for (const { receipt } of deliveries) counts.delete(receipt);
    },
    left: () => pass.left(),
    release() {
      released ??= (async () => {
        await pass.release();
        let most: number | null = null;
        for (const returns of counts.values()) most = Math.max(most ?? 0, returns + 1);
        memory.gaveBack(queue, most);
      })();
      return released;
    },
  };
}

/** A quorum queue says nothing at the first delivery. Something redelivered without a count is in no quorum queue. */
function returnsBefore(deliveryCount: number | null, redelivered: boolean, traits: QueueTraits | null): number | null {
  if (deliveryCount !== null) return deliveryCount;
  if (traits !== null) return traits.type === 'quorum' ? 0 : null;
  return redelivered ? null : 0;
}
