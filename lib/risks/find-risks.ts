import { type AlertRule, severities } from '#lib/alerts/rule.ts';
import { spanWords } from '#lib/alerts/words.ts';
import type { BrokerKind } from '#lib/domain/message.ts';
import { type Queue, queueId, type Retention } from '#lib/domain/queue.ts';
import type { Topology, TopologyQueue } from '#lib/domain/topology.ts';
import { isWatched } from '#lib/risks/is-watched.ts';
import {
  remedyOfDeliveryLimit,
  remedyOfMissingDeadLetters,
  remedyOfRetention,
  remedyOfUnwatched,
} from '#lib/risks/remedies.ts';
import { type Risk, riskKinds } from '#lib/risks/risk.ts';
import { remedyOfVanishing, sentenceOfVanishing } from '#lib/risks/vanishing.ts';

/** What is known of one connection. */
export interface RiskFacts {
  readonly connection: string;
  readonly kind: BrokerKind;
  readonly topology: Topology;
  /** Those that the console has found, without missing ones. */
  readonly deadLetterQueues: readonly Pick<Queue, 'name' | 'origins'>[];
  /** Of dead-letter topics, whose consumers the topology does not tell. */
  readonly consumersOf: ReadonlyMap<string, number>;
  readonly rules: readonly Pick<AlertRule, 'kind' | 'queues' | 'receivers'>[];
  /** The names of all receivers of alerts. */
  readonly receivers: readonly string[];
}

/** The worst first, then by queue. */
export function findRisks(facts: RiskFacts): readonly Risk[] {
  const { connection, topology } = facts;
  const dead = new Map(facts.deadLetterQueues.map((queue) => [queue.name, queue]));
  const byName = new Map(topology.queues.map((queue) => [queue.name, queue]));
  const risks = topology.queues.flatMap((queue) => {
    const own = dead.get(queue.name);
    const found = own === undefined ? ofSource(facts, queue) : ofDeadLetterQueue(facts, queue, own.origins, byName);
    const place = { connection, queue: queue.name, isDeadLetterQueue: own !== undefined };
    return found.map((risk): Risk => ({ ...place, ...risk }));
  });
  return risks.toSorted(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      riskKinds.indexOf(a.kind) - riskKinds.indexOf(b.kind) ||
      (a.queue < b.queue ? -1 : 1),
  );
}

type Found = Omit<Risk, 'connection' | 'queue' | 'isDeadLetterQueue'>;

function ofSource({ kind, topology: { vhost } }: RiskFacts, queue: TopologyQueue): readonly Found[] {
  // Nothing is meant to be kept there: replies, subscriptions of one process.
  if (queue.isShortLived || queue.deadLetters.kind === 'untold') return [];
  if (queue.deadLetters.kind === 'nowhere')
    return [
      {
        kind: 'no-dead-letter-queue',
        severity: 'warning',
        sentence: `${queue.name} has no dead-letter queue.`,
        why: whatFailsWithout(kind, queue),
        remedy: remedyOfMissingDeadLetters(kind, queue, vhost),
      },
    ];
  return ofVanishing(kind, queue, vhost);
}

function whatFailsWithout(kind: BrokerKind, { retention, deliveryLimit }: TopologyQueue): string {
  if (kind === 'sqs') {
    const until = retention.kind === 'for' ? `after ${spanWords(retention.ms)}` : 'in the end';
    return `A message that cannot be processed is received again and again, and is deleted ${until} without a trace.`;
  }
  const limit = deliveryLimit === null ? '' : ` or was given back more than ${deliveryLimit} times`;
  const ttl = retention.kind === 'for' ? `, and so is what waits for longer than ${spanWords(retention.ms)}` : '';
  return `What a consumer rejects${limit} is deleted without a trace${ttl}.`;
}

const vanishing = {
  kind: 'dead-letters-vanish',
  severity: 'critical',
  why: 'What fails is deleted without a trace, although a place for it is named.',
} as const;

const stuck = {
  kind: 'dead-letters-stay',
  severity: 'warning',
  why: 'What fails is kept in the queue itself, where nobody can read it, and is tried again until a place for it is there. It takes room until then, and a queue that is full takes nothing more.',
} as const;

/** Also of a dead-letter queue that sends on what expires in it. */
function ofVanishing(kind: BrokerKind, queue: TopologyQueue, vhost: string | undefined): readonly Found[] {
  const { deadLetters } = queue;
  if (deadLetters.kind !== 'to' || deadLetters.queues.length > 0) return [];
  return [
    {
      ...(deadLetters.stays ? stuck : vanishing),
      sentence: sentenceOfVanishing(queue, deadLetters),
      remedy: remedyOfVanishing(kind, queue, deadLetters, vhost),
    },
  ];
}

function ofDeadLetterQueue(
  facts: RiskFacts,
  queue: TopologyQueue,
  origins: readonly string[],
  byName: ReadonlyMap<string, TopologyQueue>,
): readonly Found[] {
  const sources = origins.flatMap((name) => byName.get(name) ?? []);
  return [
    ...ofVanishing(facts.kind, queue, facts.topology.vhost),
    ...ofRetention(facts.kind, queue, sources),
    ...ofDeliveryLimit(queue, facts.topology.vhost),
    ...ofWatching(facts, queue),
  ];
}

/** One line, of the source that keeps its messages for longest. */
function ofRetention(kind: BrokerKind, queue: TopologyQueue, sources: readonly TopologyQueue[]): readonly Found[] {
  if (queue.retention.kind !== 'for') return [];
  const keptMs = queue.retention.ms;
  const longer = sources
    .filter(({ retention }) => isNotShorter(retention, keptMs))
    .toSorted((a, b) => msOf(b.retention) - msOf(a.retention))[0];
  if (longer === undefined) return [];
  const sourceMs = longer.retention.kind === 'for' ? longer.retention.ms : null;
  const than =
    sourceMs === null
      ? `and its source ${longer.name} for as long as they stay`
      : sourceMs === keptMs
        ? `no longer than its source ${longer.name}`
        : `and its source ${longer.name} for ${spanWords(sourceMs)}`;
  return [
    {
      kind: 'retention-not-longer',
      // Only on a standard queue of SQS does a dead letter bring its age along.
      severity: queue.kind === 'standard queue' || kind === 'rabbitmq' ? 'warning' : 'info',
      sentence: `${queue.name} keeps messages for ${spanWords(keptMs)}, ${than}.`,
      why: whyRetention(kind, queue),
      remedy: remedyOfRetention(kind, queue.name, sourceMs),
    },
  ];
}

function isNotShorter(retention: Retention, ms: number): boolean {
  return retention.kind === 'unlimited' || (retention.kind === 'for' && retention.ms >= ms);
}

function msOf(retention: Retention): number {
  return retention.kind === 'for' ? retention.ms : Infinity;
}

function whyRetention(kind: BrokerKind, queue: TopologyQueue): string {
  if (queue.kind === 'standard queue')
    return 'SQS counts from when a message was first sent: one that failed late is deleted soon after it arrives here, perhaps before anyone has looked.';
  if (kind !== 'kafka')
    return 'It has the only copy of a dead letter, which is deleted by itself after that, whether anyone has looked or not.';
  return 'A dead letter is the only copy once its source has let go of the original, and it does not outlast it by much.';
}

function ofDeliveryLimit(queue: TopologyQueue, vhost: string | undefined): readonly Found[] {
  const { name, kind, deliveryLimit: limit, deadLetters } = queue;
  if (kind !== 'quorum queue' || limit === null) return [];
  const end = deadLetters.kind === 'to' ? 'dead-lettered once more' : 'deleted';
  return [
    {
      kind: 'delivery-limit',
      severity: 'warning',
      sentence: `${name} is a quorum queue with a delivery limit of ${limit}.`,
      why: `Each look at it, by any tool, gives its messages back once. What was given back more than ${limit} times is ${end}.`,
      remedy: remedyOfDeliveryLimit(queue, vhost),
    },
  ];
}

function ofWatching({ connection, rules, receivers, consumersOf }: RiskFacts, queue: TopologyQueue): readonly Found[] {
  const consumers = consumersOf.get(queue.name) ?? queue.consumers;
  if (consumers !== null && consumers > 0) return [];
  const id = queueId(connection, queue.name);
  const watched = isWatched(id, rules, receivers);
  if (watched === 'watched') return [];
  const nobody = consumers === 0 ? ', and nobody consumes it' : '';
  const isRuleMissing = watched === 'no-rule';
  return [
    {
      kind: 'unwatched',
      severity: isRuleMissing ? 'warning' : 'info',
      sentence: isRuleMissing
        ? `No alert rule is about what comes into ${queue.name}${nobody}.`
        : `Alerts about ${queue.name} are told to no one${nobody}.`,
      why: isRuleMissing
        ? 'Dead letters can pile up until somebody happens to look, or until they expire.'
        : 'They stand on the page of alerts alone: nobody learns of dead letters who is not looking.',
      remedy: remedyOfUnwatched(id, isRuleMissing),
    },
  ];
}
