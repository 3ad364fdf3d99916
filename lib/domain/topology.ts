import type { Retention } from '#lib/domain/queue.ts';

/** Where a broker keeps messages, and where they go when they fail, at one instant. */
export interface Topology {
  readonly queues: readonly TopologyQueue[];
  /** What could not be learned, for people: a sentence or two each. */
  readonly notes: readonly string[];
  /** Of RabbitMQ: its commands want it. */
  readonly vhost?: string;
}

export const topologyKinds = [
  'classic queue',
  'quorum queue',
  'stream',
  'standard queue',
  'FIFO queue',
  'topic',
] as const;

/** A queue or topic of any kind, dead-letter queues among them. */
export interface TopologyQueue {
  readonly name: string;
  readonly kind: (typeof topologyKinds)[number];
  readonly deadLetters: DeadLettering;
  /** As of a dead-letter queue: on SQS counted from when a message was first sent, else from when it came in. */
  readonly retention: Retention;
  /** A quorum queue gives up what was given back more often than this; `null` where there is no such limit. */
  readonly deliveryLimit: number | null;
  /** Who consumes it now, this console not counted; `null` where the broker does not tell. */
  readonly consumers: number | null;
  /** It goes by itself when its consumers are gone, or unused for a time: nothing is meant to be kept in it. */
  readonly isShortLived: boolean;
  /** Of RabbitMQ: the one that applies now; absent where there is none. */
  readonly policy?: AppliedPolicy;
}

/** A queue has one policy at a time, the matching one of the highest priority: another one displaces all that it says. */
export interface AppliedPolicy {
  /** With its priority; `null` where the account may not see policies, only what they say. */
  readonly name: string | null;
  readonly priority: number | null;
  readonly definition: Readonly<Record<string, unknown>>;
}

export type DeadLettering =
  /** `queues` are those that failures reach, as far as can be told; empty: none, and what fails is gone, or stays where it was and is tried again (`stays`). `via` is where they are sent to, for people: `the direct exchange "dlx" with key "orders"`. */
  | {
      readonly kind: 'to';
      readonly queues: readonly string[];
      readonly via: string;
      readonly stays?: true;
      /** Of RabbitMQ: `key` is `null` where messages keep their own, `type` where there is no such exchange. */
      readonly exchange?: { readonly name: string; readonly key: string | null; readonly type: string | null };
    }
  /** What is rejected or expires is gone, or is tried again until it expires. */
  | { readonly kind: 'nowhere' }
  /** The consumers decide, and the broker does not know (Kafka), or a stream, which rejects nothing. */
  | { readonly kind: 'untold' };
