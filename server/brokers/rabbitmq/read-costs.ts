import type { QueueCapabilities, ReadCost, ReadRefusal } from '#lib/domain/queue.ts';
import type { QueueTraits } from '#server/brokers/rabbitmq/queue-policy.ts';

/** What is known of a queue before it is read. */
export interface QueueKnowledge {
  /** `null` where there is no management API to tell. */
  readonly traits: QueueTraits | null;
  readonly serverMajor: number;
  /** How often its most returned message was given back; `null` where unknown. */
  readonly returns: number | null;
  readonly consumers: number;
  readonly exclusiveConsumer: boolean;
}

/** So many reads before the delivery limit are left for others, and for a restart that remembers less than there was. */
const readsInReserve = 2;

export function capabilitiesOf(
  knowledge: Pick<QueueKnowledge, 'traits' | 'serverMajor' | 'returns'>,
): QueueCapabilities {
  const { traits } = knowledge;
  const stream = traits?.type === 'stream';
  return {
    browse: stream ? 'log' : 'hold',
    remove: !stream,
    order: 'queue',
    costs: stream ? [] : [...limitCost(knowledge), hides, redelivers],
    description: traits === null ? 'queue' : traits.type === 'stream' ? 'stream' : `${traits.type} queue`,
  };
}

const hides: ReadCost = {
  code: 'hides-messages',
  text: 'While it is read its messages are hidden from other consumers, for about a second per 10,000.',
};
const redelivers: ReadCost = {
  code: 'sets-redelivered',
  text: 'Every message that was read is marked as redelivered.',
};

function limitCost({
  traits,
  serverMajor,
  returns,
}: Pick<QueueKnowledge, 'traits' | 'serverMajor' | 'returns'>): readonly ReadCost[] {
  const limit = limitOf(traits, serverMajor);
  if (limit === null) return [];
  const sampled = 'To learn how often that was, they are read once when Redeliver first looks: that counts too.';
  const what =
    traits === null
      ? `If it is a quorum queue, its messages are lost when they were given back more than ${limit} times, and every read gives them back once.`
      : `Its messages are lost when they were given back more than ${limit} times, and every read gives them back once.`;
  return [
    {
      code: 'uses-delivery-limit',
      text: `${what} ${sampled}`,
      ...(returns === null ? {} : { readsLeft: Math.max(0, limit - returns - readsInReserve), givenBack: returns }),
    },
  ];
}

/** What `limitCost` has told of a queue. */
export function returnsIn({ costs }: QueueCapabilities): number | null {
  return costs.find((cost) => cost.code === 'uses-delivery-limit')?.givenBack ?? null;
}

/** The limit to reckon with. Without a management API every queue of RabbitMQ 4 may be a quorum queue with the default one. */
export function limitOf(traits: QueueTraits | null, serverMajor: number): number | null {
  if (traits !== null) return traits.deliveryLimit;
  return serverMajor >= 4 ? 20 : null;
}

/** Whether a sample is needed to know the refusal, and can be had without loss. */
export function needsSample(knowledge: QueueKnowledge): boolean {
  const limit = limitOf(knowledge.traits, knowledge.serverMajor);
  return limit !== null && limit > readsInReserve && knowledge.returns === null && refusalOf(knowledge) === null;
}

export function refusalOf(knowledge: QueueKnowledge): ReadRefusal | null {
  const { traits, serverMajor, returns, consumers, exclusiveConsumer } = knowledge;
  if (traits?.type === 'stream') return null;
  if (exclusiveConsumer) {
    return {
      code: 'exclusive-consumer',
      reason: 'Another consumer has it for itself (exclusive): RabbitMQ refuses every other one.',
      remedy: 'Stop that consumer, then read again.',
      canInsist: false,
    };
  }
  if (traits?.singleActiveConsumer === true && consumers > 0) {
    return {
      code: 'single-active-consumer',
      reason: 'It gives its messages to a single active consumer, and there is one: a further one gets nothing.',
      remedy: 'Stop that consumer, then read again.',
      canInsist: false,
    };
  }
  const limit = limitOf(traits, serverMajor);
  if (limit === null) return null;
  // Below this limit any read is one of the last, whatever a sample would say, and the sample could be the read that destroys.
  const left = limit <= readsInReserve ? 0 : limit - (returns ?? 0);
  if (left > readsInReserve) return null;
  return {
    code: 'delivery-limit',
    reason: `Every read gives its messages back once, and RabbitMQ deletes or dead-letters what was given back more than ${limit} times: ${lossText(left)}`,
    remedy:
      'Set the policy "delivery-limit" of this queue to a large number (RabbitMQ 4 also takes -1 for none), then read again.',
    canInsist: left > 0,
  };
}

function lossText(left: number): string {
  if (left <= 0) return 'the next read could lose all of them.';
  return left === 1
    ? 'one more read is safe, the one after it loses them.'
    : `${left} more reads are safe, the one after them loses them.`;
}
