import { fitsGlob } from '#lib/masking/glob.ts';
import type { DeadLetter } from '#lib/domain/dead-letter.ts';
import { type Destination, destinationLabel } from '#lib/domain/message.ts';
import { splitQueueId } from '#lib/domain/queue.ts';
import type { ReplayOptions } from '#lib/domain/replay.ts';

/** A saved decision: dead letters of the connection that fit the pattern go to its destination instead of where they came from. */
export interface RedirectRule {
  readonly id: string;
  readonly name: string;
  readonly connection: string;
  /** What the pattern is compared with: the place where a message came from, or the name of its dead-letter queue. */
  readonly matches: 'origin' | 'queue';
  /** `*` stands for any run of characters, whatever the case. */
  readonly pattern: string;
  readonly destination: Destination;
  readonly createdAt: number;
  readonly createdBy: string;
}

export interface Route {
  /** `null` where neither the message nor a person says where it belongs. */
  readonly destination: Destination | null;
  /** The rule that sends it there; `null` where none does. */
  readonly rule: RedirectRule | null;
}

/** Where a replay sends a dead letter: where the operator said, else where the oldest rule that fits says, else where it came from. */
export function routeOf(
  letter: Pick<DeadLetter, 'queueId' | 'origin'>,
  options: Pick<ReplayOptions, 'destination' | 'redirects' | 'partition'>,
  rules: readonly RedirectRule[],
): Route {
  if (options.destination !== null) return { destination: options.destination, rule: null };
  const rule = options.redirects === 'apply' ? rules.find((each) => fits(each, letter)) : undefined;
  if (rule) return { destination: rule.destination, rule };
  const { destination } = letter.origin;
  return {
    destination:
      destination?.kind === 'kafka' && options.partition === 'by-key' ? wholePlace(destination) : destination,
    rule: null,
  };
}

function fits(
  { connection, matches, pattern }: RedirectRule,
  { queueId, origin }: Pick<DeadLetter, 'queueId' | 'origin'>,
): boolean {
  const queue = splitQueueId(queueId);
  if (queue?.connection !== connection) return false;
  if (matches === 'queue') return fitsGlob(pattern, queue.name);
  return origin.destination !== null && fitsGlob(pattern, destinationLabel(wholePlace(origin.destination)));
}

/** The topic without its partition. */
export function wholePlace(destination: Destination): Destination {
  return destination.kind === 'kafka' ? { ...destination, partition: null } : destination;
}

/** The queue, topic or exchange by which a place is told from a dead-letter queue of the same broker; `null` where it is an exchange. */
export function placeName(destination: Destination): string | null {
  switch (destination.kind) {
    case 'kafka':
      return destination.topic;
    case 'rabbitmq':
      return destination.exchange === '' ? destination.routingKey : null;
    case 'sqs':
      return destination.queue;
  }
}
