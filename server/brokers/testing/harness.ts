import type { Destination, RawMessage } from '#lib/domain/message.ts';
import type { BrokerDriver } from '#server/brokers/driver.ts';

/**
 * What the conformance suite needs to know of a real server in order to test a driver against it. Each adapter has one
 * (`kafka/kafka-harness.ts`), written with a *foreign* client (kafkajs, plain amqplib, the AWS SDK), never with the driver itself.
 * Nothing in it may be answered from memory: it looks at the server.
 */
export interface DriverHarness {
  /** The row in the table: `kafka 4.3`, `rabbitmq 3.10`, `sqs elasticmq`, `sqs fauxqs`. */
  readonly label: string;

  /** What this broker's messages can carry. The suite asserts fidelity for `true`, and for `false` that a publish is refused
   * with `unencodable`, `too_large` or `rejected` and a sentence. */
  readonly carries: Readonly<Record<MessageFeature, boolean>>;

  /** What this server (not the driver) cannot do, by clause name, with the reason; printed in the table as `server cannot`. Only for fakes such as fauxqs. */
  readonly serverCannot: Readonly<Record<string, string>>;

  connect(): BrokerDriver;
  /** A driver whose first call must fail in the named way; `null` where the server has no such thing (ElasticMQ has no passwords). */
  connectBadly(how: 'wrong-password' | 'unreachable-host' | 'missing-permission'): BrokerDriver | null;

  /** A fresh dead-letter queue with its origin, discoverable by name or topology; `kind` where the broker has several (`quorum`, `fifo`, `stream`). */
  createQueue(variant?: string): Promise<TestQueue>;
  readonly variants: readonly string[];

  /** Puts messages into the dead-letter queue itself by the foreign client, in order; resolves when they can be read. */
  put(queue: TestQueue, messages: readonly RawMessage[]): Promise<void>;

  /** Everything that a foreign observer can see of the queue that a browse could have changed: counts, order, properties, groups and commits.
   * Compared with `toEqual` before and after. SQS: without the receive count, which is asserted by `receiveCounts`. */
  snapshot(queue: TestQueue): Promise<unknown>;

  /** What the foreign client receives at the destination, in order, waiting until `count` are there; headers and properties as received. */
  receive(destination: Destination, count: number): Promise<readonly RawMessage[]>;

  /** A destination that does not exist, and one that exists and refuses or cannot route. `null` where there is no such thing. */
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
  /** From now on bytes from the server are swallowed. */
  withholdAnswers(): void;
  /** Cuts every connection once; new ones pass. */
  cut(): void;
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
