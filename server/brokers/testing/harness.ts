import type { Destination, Header, RawMessage } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';

/** `connectBadly('wrong-password')` uses this one, so that the suite can assert that no error repeats it. */
export const wrongPassword = 'correct-horse-is-wrong-8d1f';

/**
 * What the conformance suite needs to know of a real server in order to test a driver against it. Each adapter has one
 * (`kafka/kafka-harness.ts`), written with a *foreign* client (kafkajs, plain amqplib, the AWS SDK), never with the driver itself.
 * Nothing in it may be answered from memory: it looks at the server.
 */
export interface DriverHarness {
  /** The row in the table: `kafka 4.3`, `rabbitmq 3.10`, `sqs elasticmq`, `sqs fauxqs`. */
  readonly label: string;

  /** The connection name that every driver made here has; errors must name it, or the queue. */
  readonly connection: string;

  /** What this broker's messages can carry. The suite asserts fidelity for `true`, and for `false` that a publish fails
   * with `unencodable`, `too_large` or `rejected` and a sentence (`header order: false` only means that order is not compared). */
  readonly carries: Readonly<Record<MessageFeature, boolean>>;

  /** Properties that a sender chooses and that must arrive as they were, a believable value each: AMQP's basic properties
   * (not `user-id`, `expiration`), SQS's `AWSTraceHeader`. Empty where the envelope is the broker's alone (Kafka). */
  readonly senderProperties: readonly Header[];

  /** What this server (not the driver) cannot do, by clause name, with the reason; printed in the table as `server cannot`. The suite
   * runs the clause nevertheless and demands that it fails, so that no entry outlives its reason. A `null` below needs its entry here,
   * except where its comment says otherwise. */
  readonly serverCannot: Readonly<Record<string, string>>;

  connect(): BrokerDriver;
  /** A driver whose `check` must fail in the named way; `missing-permission` instead lets `check` pass or fail, but no queue of
   * `createQueue` may be read and nothing sent. `null` where the server has no such thing (ElasticMQ has no passwords). */
  connectBadly(how: 'wrong-password' | 'unreachable-host' | 'missing-permission'): BrokerDriver | null;

  /** A fresh dead-letter queue with its origin, discoverable by name or topology; `kind` where the broker has several (`quorum`, `fifo`, `stream`). */
  createQueue(variant?: string): Promise<TestQueue>;
  readonly variants: readonly string[];

  /** The message as it has to be in order to land in the n-th lane of a queue of that variant: Kafka by its key, FIFO by
   * `MessageGroupId`; unchanged where a queue is one lane. Equal `lane`s share a lane; different ones may (Kafka). Pure. The suite sends only
   * messages that went through it, to dead-letter queues by `put` and to origins by `publish`. */
  inLane(message: RawMessage, lane: number, variant?: string): RawMessage;

  /** A dead-letter queue that keeps its messages for so long, and then deletes them by itself. */
  createKeepingQueue(ms: number): Promise<TestQueue>;

  /** A dead-letter queue that holds `count` messages and whose facts must hold a refusal. `null` where reading destroys nothing
   * (a log): the suite then asserts that the facts hold none. */
  createRefusedQueue(): Promise<{ readonly queue: TestQueue; readonly count: number } | null>;

  /** Puts messages into the dead-letter queue itself by the foreign client, in order; resolves when they can be read.
   * Headers of kind `text` go out as the broker's own text type, or as UTF-8 bytes where it has none. */
  put(queue: TestQueue, messages: readonly RawMessage[]): Promise<void>;

  /** Everything that a foreign observer can see of the queue that a browse could have changed: counts, order, properties, groups and commits,
   * without changing it in turn. Compared with `toEqual` before and after, polled for a few seconds. Without what every read costs by
   * the capabilities (SQS's receive count, RabbitMQ's `redelivered` and `x-delivery-count`). */
  snapshot(queue: TestQueue): Promise<unknown>;

  /** All that a foreign client receives at the destination, in order, headers and properties as received; waits until at least `count` are
   * there and nothing more comes at once. It may consume them. Value types (`type`) may be left out where the client hides them. */
  receive(destination: Destination, count: number): Promise<readonly RawMessage[]>;

  /** A destination that does not exist, and one that exists and refuses or cannot route a message of 2,000 bytes. */
  missingDestination(): Destination;
  rejectingDestination(): Promise<Destination | null>;

  /** The same server behind a TCP proxy whose answers can be withheld or whose connections can be cut. */
  connectThroughProxy(): Promise<ProxiedDriver>;

  /** A server of its own that can be killed and started again, with a queue of `count` messages. `null` for in-process fakes. */
  connectRestartable(count: number): Promise<RestartableServer | null>;

  close(): Promise<void>;
}

export type MessageFeature =
  | 'key'
  | 'null body'
  | 'empty body'
  | '1 MB body'
  | 'binary body'
  | 'header order'
  | 'repeated header names'
  | 'null header value'
  | 'invalid UTF-8 header value'
  | '64-bit integer header'
  | 'nested header table';

export interface TestQueue {
  readonly name: string;
  readonly origin: Destination;
}

export interface ProxiedDriver {
  readonly driver: BrokerDriver;
  /** A fresh destination on the proxied server, which may be a server of its own (Kafka hands out addresses). */
  readonly destination: Destination;
  /** As the harness's `receive`, from that destination and not through the proxy. */
  receive(count: number): Promise<readonly RawMessage[]>;
  /** From the moment that a client has sent `after` (it is passed on; without it: from now on) bytes from the server are swallowed. As in `TcpProxy`. */
  withholdAnswers(after?: string): void;
  /** Cuts every connection once, when a client has sent `after` (it is passed on) or at once; new ones pass. As in `TcpProxy`. */
  cut(after?: string): void;
  passAgain(): void;
  close(): Promise<void>;
}

export interface RestartableServer {
  readonly driver: BrokerDriver;
  readonly queue: TestQueue;
  /** Kills the server and starts it again on the same ports and data; resolves when it answers. */
  restart(): Promise<void>;
  close(): Promise<void>;
}
