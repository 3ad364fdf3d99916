import type { Topology } from '#lib/domain/topology.ts';

/** The part of `BrokerDriver` that tells how queues hang together. */
export interface TopologySource {
  /**
   * Everything on the connection that keeps messages: where its failures go, for how long it keeps what it has, and who consumes it. Reads no message, joins no
   * group, changes nothing. RabbitMQ: each queue of the virtual host but exclusive ones; without a management API none, and a note. SQS: each queue that may be listed; its
   * policies are up to 5 minutes old, because each look is paid for. Kafka: each topic, with the dead-letter topic that its name tells of; that a topic has none is
   * known to nobody, and a note says so. What may not be looked at is left out and noted.
   */
  topology(signal: AbortSignal): Promise<Topology>;
}
