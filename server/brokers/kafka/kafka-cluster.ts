import {
  apiVersionsV3,
  type API,
  type Connection,
  listOffsetsV7,
  metadataV12,
  ResponseError,
} from '@platformatic/kafka';
import type { AppError } from '#lib/domain/errors.ts';
import { createKafkaConnections } from '#server/brokers/kafka/kafka-connections.ts';
import {
  cancelled,
  type ErrorContext,
  errorOfCode,
  kafkaCode,
  translateError,
} from '#server/brokers/kafka/kafka-errors.ts';
import {
  addressLabel,
  type KafkaAddress,
  type KafkaSettings,
  parseAddress,
} from '#server/brokers/kafka/kafka-settings.ts';

type Metadata = ReturnType<typeof metadataV12.parseResponse>;
export type TopicMetadata = Metadata['topics'][number];

/** Requests to the right broker of a cluster, and what is known of its topics. Nothing is cached but the brokers' addresses. */
export interface KafkaCluster {
  readonly settings: KafkaSettings;
  /**
   * One request to a broker by its id, or to any broker that answers. Error codes inside the answer are left in it for the caller to
   * look at. Throws `AppError`: `cancelled`, `unreachable`, `unauthenticated`, `timed_out`, `interrupted`.
   */
  call<Arguments extends unknown[], Answer>(
    node: number | 'any',
    api: API<Arguments, Answer>,
    args: Arguments,
    signal: AbortSignal,
    topic?: string,
  ): Promise<Answer>;
  /** Hangs up on a broker whose answer never came, so that others do not wait behind it. */
  drop(node: number): void;
  /** The newest version of an API, by its number, that the cluster speaks. */
  newestVersion(apiKey: number, signal: AbortSignal): Promise<number>;
  brokerIds(signal: AbortSignal): Promise<readonly number[]>;
  /** All, or those of these names; one that is missing or hidden has its error code. */
  topics(signal: AbortSignal, names?: readonly string[]): Promise<readonly TopicMetadata[]>;
  /** Throws `not_found`, `forbidden`; `interrupted` while a partition has no leader. */
  topic(name: string, signal: AbortSignal): Promise<TopicLayout>;
  /**
   * `earliest`, `high` (the high watermark) or `stable` (the last stable offset, where `read_committed` ends), by partition; or the first message that is
   * not older than an instant, -1 where there is none: everything before it is older.
   */
  offsets(
    layout: Pick<TopicLayout, 'name' | 'partitions'>,
    which: 'earliest' | 'high' | 'stable' | { readonly notBefore: number },
    signal: AbortSignal,
  ): Promise<Map<number, number>>;
  close(): Promise<void>;
}

export interface TopicLayout {
  readonly name: string;
  /** The topic's UUID: another one after it was deleted and made again. */
  readonly id: string;
  /** In ascending order of their numbers. */
  readonly partitions: readonly { readonly partition: number; readonly leader: number }[];
  /** What this account may do, one bit an operation (AclOperation.java); `null` where the broker does not say. */
  readonly operations: number | null;
}

export function createKafkaCluster(settings: KafkaSettings): KafkaCluster {
  const connections = createKafkaConnections(settings);
  const bootstrap = settings.brokers.map(parseAddress);
  const nodes = new Map<number, KafkaAddress>();
  const closing = new AbortController();
  let lastGood: KafkaAddress | null = null;
  let versions: Promise<Map<number, number>> | null = null;

  async function connectionTo(
    node: number | 'any',
    signal: AbortSignal,
  ): Promise<{ connection: Connection; address: KafkaAddress }> {
    const known = node === 'any' ? undefined : nodes.get(node);
    // An address that just answered comes first: a dead one would cost its whole timeout each time.
    const candidates = known ? [known] : [...(lastGood ? [lastGood] : []), ...bootstrap, ...nodes.values()];
    let failure: unknown = null;
    for (const address of candidates) {
      try {
        const connection = await orStopped(connections.to(address), signal, closing.signal);
        if (node === 'any') lastGood = address;
        return { connection, address };
      } catch (error) {
        if (signal.aborted || closing.signal.aborted) throw error;
        if (lastGood === address) lastGood = null;
        failure = error;
      }
    }
    throw translateError(failure, 'connecting', { connection: settings.connection });
  }

  const cluster: KafkaCluster = {
    settings,

    async call(node, api, args, signal, topic) {
      if (signal.aborted || closing.signal.aborted) throw cancelled();
      if (node !== 'any' && !nodes.has(node)) await readMetadata([], signal);
      const { connection, address } = await connectionTo(node, signal);
      const context: ErrorContext = {
        connection: settings.connection,
        address: addressLabel(address),
        ...(topic !== undefined && { topic }),
      };
      try {
        return await orStopped(api.async(connection, ...args), signal, closing.signal);
      } catch (error) {
        // The client throws when any code in the answer is not 0, and carries the whole answer along, as its parser made it.
        if (error instanceof ResponseError && error['response'] !== undefined) return error['response'];
        throw translateError(error, 'waiting', context);
      }
    },

    drop(node) {
      const address = nodes.get(node);
      if (address) connections.drop(address);
    },

    async newestVersion(apiKey, signal) {
      versions ??= cluster.call('any', apiVersionsV3.api, ['redeliver', '1'], signal).then((answer) => {
        return new Map(answer.apiKeys.map((each) => [each.apiKey, each.maxVersion]));
      });
      try {
        return (await versions).get(apiKey) ?? -1;
      } catch (error) {
        versions = null;
        throw error;
      }
    },

    async brokerIds(signal) {
      return (await readMetadata([], signal)).brokers.map((broker) => broker.nodeId);
    },

    async topics(signal, names) {
      return (await readMetadata(names === undefined ? null : [...names], signal)).topics;
    },

    async topic(name, signal) {
      const [topic] = (await readMetadata([name], signal)).topics;
      const context = { connection: settings.connection, topic: name };
      if (!topic) throw errorOfCode(kafkaCode.unknownTopicOrPartition, context);
      if (topic.errorCode !== kafkaCode.none) throw errorOfCode(topic.errorCode, context);
      const leaderless = topic.partitions.find((each) => each.leaderId < 0);
      if (leaderless) throw errorOfCode(kafkaCode.leaderNotAvailable, context);
      return {
        name,
        id: topic.topicId,
        partitions: topic.partitions
          .map((each) => ({ partition: each.partitionIndex, leader: each.leaderId }))
          .toSorted((a, b) => a.partition - b.partition),
        // The smallest 32-bit number stands for "not asked" (MetadataResponse.json).
        operations: topic.topicAuthorizedOperations === -0x80000000 ? null : topic.topicAuthorizedOperations,
      };
    },

    async offsets(layout, which, signal) {
      const found = new Map<number, number>();
      await Promise.all(
        [...byLeader(layout.partitions)].map(async ([leader, partitions]) => {
          const asked = partitions.map((each) => ({
            partitionIndex: each.partition,
            currentLeaderEpoch: -1,
            timestamp: typeof which === 'object' ? BigInt(which.notBefore) : which === 'earliest' ? -2n : -1n,
          }));
          const isolation = which === 'stable' ? 1 : 0;
          const args: Parameters<typeof listOffsetsV7.createRequest> = [
            -1,
            isolation,
            [{ name: layout.name, partitions: asked }],
          ];
          const answer = await cluster.call(leader, listOffsetsV7.api, args, signal, layout.name);
          for (const each of answer.topics.flatMap((topic) => topic.partitions)) {
            if (each.errorCode !== kafkaCode.none) {
              throw errorOfCode(each.errorCode, { connection: settings.connection, topic: layout.name });
            }
            found.set(each.partitionIndex, Number(each.offset));
          }
        }),
      );
      return found;
    },

    async close() {
      closing.abort();
      await connections.closeAll();
    },
  };

  /** `null` asks for all topics, an empty list for the brokers alone. Topics are never created by asking. */
  async function readMetadata(names: string[] | null, signal: AbortSignal): Promise<Metadata> {
    const answer = await cluster.call('any', metadataV12.api, [names, false, names !== null], signal, names?.[0]);
    nodes.clear();
    for (const broker of answer.brokers) nodes.set(broker.nodeId, { host: broker.host, port: broker.port });
    return answer;
  }

  return cluster;
}

export function byLeader<Item extends { readonly leader: number }>(items: readonly Item[]): Map<number, Item[]> {
  return Map.groupBy(items, (item) => item.leader);
}

/** The promise's outcome, or `cancelled` as soon as one of the signals aborts; then the outcome is ignored. */
export function orStopped<Value>(promise: Promise<Value>, ...signals: readonly AbortSignal[]): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => settle(() => reject(cancelled() satisfies AppError));
    const settle = (how: () => void) => {
      for (const signal of signals) signal.removeEventListener('abort', stop);
      how();
    };
    for (const signal of signals) signal.addEventListener('abort', stop, { once: true });
    if (signals.some((signal) => signal.aborted)) stop();
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
