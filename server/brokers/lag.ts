import type { LagReading } from '#lib/domain/lag.ts';

/** The part of `BrokerDriver` that tells who is behind. */
export interface LagSource {
  /**
   * How far everyone is behind, in messages, at one instant. Joins no group, commits nothing, reads and holds no message.
   * Kafka: each group on each topic that it committed for or subscribes to, to the high watermark, so what an open transaction holds back is counted.
   * RabbitMQ: every queue of the virtual host where there is a management API, as it was some seconds ago; without one those in `known`.
   * SQS: those in `known`, because each look is paid for.
   * `known` are the dead-letter queues and their origins; names that are no queue here are passed over. Who may not be looked at has a row with its `gap`
   * or a note, and does not make the rest fail.
   */
  readLag(known: readonly string[], signal: AbortSignal): Promise<LagReading>;
}
