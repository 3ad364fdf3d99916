import { setTimeout as delay } from 'node:timers/promises';
import { AppError, toErrorRecord } from '#lib/domain/errors.ts';
import { createDeadline, type Deadline } from '#server/brokers/backpressure.ts';
import type { OutgoingMessage, PublishOptions, PublishOutcome } from '#server/brokers/driver.ts';
import { type KafkaCluster, orStopped, type TopicLayout } from '#server/brokers/kafka/kafka-cluster.ts';
import { cancelled, errorOfCode, kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';
import { outgoingRecord } from '#server/brokers/kafka/kafka-message.ts';
import { partitionOfKey } from '#server/brokers/kafka/partitioner.ts';
import { isOutOfSequence, type ProduceVerdict, verdictOf } from '#server/brokers/kafka/produce-verdict.ts';
import {
  produceApi,
  type ProducePartition,
  type ProducerIdentity,
  type ProducerPool,
} from '#server/brokers/kafka/producer.ts';
import { type OutgoingRecord, recordLength, writeRecordBatch } from '#server/brokers/kafka/record-batch-writer.ts';

/** Below the default `max.message.bytes` of 1 MB, which counts the batch; a larger message goes alone. */
const batchBytes = 960 << 10;
const batchRecords = 1_000;
const requestBytes = 8 << 20;
const retryPauseMs = 100;

interface Item {
  readonly index: number;
  readonly ref: string;
  readonly record: OutgoingRecord;
  /** Of the record, an upper bound. */
  readonly length: number;
}

/** One partition's messages, sent one batch after the other so that their order holds. */
interface Lane {
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
  leader: number;
  readonly queue: Item[];
  /** How many of the queue's first messages the batch under way holds; kept as it is until its fate is known. */
  batch: number;
  /** The batch may have been taken although no answer said so. */
  inDoubt: boolean;
  /** After a batch was refused for one of its messages: each goes alone, so that only the bad one fails. */
  alone: boolean;
}

/** Sends idempotently with acks=all. See `BrokerDriver.publish`. */
export async function publish(
  cluster: KafkaCluster,
  producers: ProducerPool,
  messages: readonly OutgoingMessage[],
  options: PublishOptions,
): Promise<readonly PublishOutcome[]> {
  if (options.signal.aborted) throw cancelled();
  const deadline = createDeadline(options.timeoutMs);
  try {
    return await publishWithin(deadline, cluster, producers, messages, options);
  } finally {
    deadline.end();
  }
}

async function publishWithin(
  deadline: Deadline,
  cluster: KafkaCluster,
  producers: ProducerPool,
  messages: readonly OutgoingMessage[],
  options: PublishOptions,
): Promise<readonly PublishOutcome[]> {
  const stop = AbortSignal.any([options.signal, deadline.signal]);
  const connection = cluster.settings.connection;
  const outcomes: (PublishOutcome | undefined)[] = messages.map(() => undefined);
  const fail = (item: { index: number; ref: string }, error: unknown) =>
    void (outcomes[item.index] = { kind: 'failed', ref: item.ref, error: toErrorRecord(error) });

  // Until the first batch leaves nothing is sent, so whatever stops this may simply be thrown.
  let lanes: Lane[];
  let identity: ProducerIdentity;
  try {
    lanes = await planLanes();
    if (lanes.length === 0) return inOrder();
    identity = await producers.take(stop);
  } catch (error) {
    throw stop.aborted ? stoppedError() : error;
  }

  let doubts = false;
  let closed = false;
  while (lanes.length > 0 && !stop.aborted && !closed) {
    const rounds = [...Map.groupBy(lanes, (lane) => lane.leader)].map(([leader, mine]) => sendRound(leader, mine));
    const settled = await Promise.all(rounds);
    lanes = lanes.filter((lane) => lane.queue.length > 0);
    if (settled.includes('moved') && !stop.aborted && !closed) await findLeaders();
  }
  for (const lane of lanes) giveUp(lane);
  if (!doubts) producers.giveBack(identity);
  return inOrder();

  function inOrder(): PublishOutcome[] {
    return outcomes.map((outcome) => {
      if (!outcome) throw new AppError('internal', 'A message was published without an outcome.');
      return outcome;
    });
  }

  async function planLanes(): Promise<Lane[]> {
    const now = cluster.settings.clock();
    const layouts = await readLayouts();
    const found = new Map<TopicLayout, Map<number, Lane>>();
    let turn = Math.floor(now) % 1024;
    for (const [index, { ref, destination, message, timestamp = now }] of messages.entries()) {
      try {
        if (destination.kind !== 'kafka')
          throw new AppError('invalid_request', `Connection ${connection} is Kafka and can only send to topics.`);
        const layout = layouts.get(destination.topic);
        if (!layout || layout instanceof AppError) throw layout ?? cancelled();
        const record = outgoingRecord(message, destination.topic, timestamp);
        const item: Item = { index, ref, record, length: recordLength(record) };
        const wanted =
          destination.partition ??
          (message.key === null
            ? turn++ % layout.partitions.length
            : partitionOfKey(message.key, layout.partitions.length));
        const target = layout.partitions.find((each) => each.partition === wanted);
        if (!target)
          throw errorOfCode(kafkaCode.unknownTopicOrPartition, {
            connection,
            topic: `${destination.topic}, partition ${wanted}`,
          });
        const ofTopic = found.get(layout) ?? new Map<number, Lane>();
        found.set(layout, ofTopic);
        const lane = ofTopic.get(wanted) ?? {
          key: `${layout.name}:${wanted}`,
          topic: layout.name,
          partition: wanted,
          leader: target.leader,
          queue: [],
          batch: 0,
          inDoubt: false,
          alone: false,
        };
        lane.queue.push(item);
        ofTopic.set(wanted, lane);
      } catch (error) {
        fail({ index, ref }, error);
      }
    }
    return [...found.values()].flatMap((ofTopic) => [...ofTopic.values()]);
  }

  /** A topic that is missing or forbidden fails its own messages only. */
  async function readLayouts(): Promise<Map<string, TopicLayout | AppError>> {
    const topics = new Set(
      messages.flatMap(({ destination }) => (destination.kind === 'kafka' ? [destination.topic] : [])),
    );
    const layouts = [...topics].map(async (topic): Promise<[string, TopicLayout | AppError]> => {
      try {
        return [topic, await cluster.topic(topic, stop)];
      } catch (error) {
        if (error instanceof AppError && (error.code === 'not_found' || error.code === 'forbidden'))
          return [topic, error];
        throw error;
      }
    });
    return new Map(await Promise.all(layouts));
  }

  /** One request to one leader with the next batch of each of its partitions. */
  async function sendRound(leader: number, mine: readonly Lane[]): Promise<'settled' | 'moved'> {
    const sending: Lane[] = [];
    const partitions: ProducePartition[] = [];
    let bytes = 0;
    for (const lane of mine) {
      if (bytes >= requestBytes) break;
      if (lane.batch === 0) lane.batch = lane.alone ? 1 : nextBatch(lane.queue);
      const items = lane.queue.slice(0, lane.batch);
      const length = items.reduce((sum, item) => sum + item.length, 0);
      const records = items.map(({ record }) => record);
      const batch = writeRecordBatch(records, identity.next(lane.key), length);
      partitions.push({ topic: lane.topic, partition: lane.partition, batch });
      sending.push(lane);
      bytes += length;
    }
    try {
      const answer = await cluster.call(leader, produceApi, [Math.min(options.timeoutMs, 30_000), partitions], stop);
      const results = new Map<string, { readonly errorCode: number; readonly baseOffset: bigint }>();
      for (const { name, partitionResponses } of answer.responses) {
        for (const each of partitionResponses) results.set(`${name}:${each.index}`, each);
      }
      let moved = false;
      for (const lane of sending) {
        const result = results.get(lane.key);
        const verdict = settle(lane, result?.errorCode ?? kafkaCode.networkException, result?.baseOffset ?? -1n);
        moved ||= verdict === 'not-taken-retry' || verdict === 'perhaps-taken-retry';
      }
      await obeyQuota(answer.throttleTimeMs);
      return moved ? 'moved' : 'settled';
    } catch (error) {
      // A connection that could not be made has carried nothing; any other end leaves it open what the broker has done.
      const carried = !(
        error instanceof AppError &&
        (error.code === 'unreachable' || error.code === 'unauthenticated')
      );
      if (carried) for (const lane of sending) lane.inDoubt = true;
      if (stop.aborted) cluster.drop(leader);
      // Nobody but the driver's own end stops it while nobody else asked for it.
      else if (error instanceof AppError && error.code === 'cancelled') closed = true;
      return 'moved';
    }
  }

  /** Over its quota a client is not read from for so long: what it sends meanwhile would only seem to be late (KIP-219). */
  async function obeyQuota(ms: number): Promise<void> {
    if (ms <= 0) return;
    deadline.heldUp(true);
    options.heldUp?.(true);
    await delay(ms, undefined, { signal: stop }).catch(() => undefined);
    options.heldUp?.(false);
    deadline.heldUp(false);
  }

  function settle(lane: Lane, code: number, baseOffset: bigint): ProduceVerdict {
    const verdict = verdictOf(code);
    switch (verdict) {
      case 'taken':
        for (const [index, item] of lane.queue.splice(0, lane.batch).entries()) {
          const position = baseOffset < 0n ? null : `${lane.partition}:${baseOffset + BigInt(index)}`;
          outcomes[item.index] = { kind: 'sent', ref: item.ref, position };
        }
        identity.advance(lane.key, lane.batch);
        break;
      case 'perhaps-taken-retry':
        lane.inDoubt = true;
        return verdict;
      case 'not-taken-retry':
        return verdict;
      case 'refused-for-a-message':
      case 'refused':
        if (verdict === 'refused-for-a-message' && lane.batch > 1 && !lane.inDoubt) {
          lane.alone = true;
        } else {
          const error = toErrorRecord(errorOfCode(code, { connection, topic: lane.topic }));
          doubts ||= lane.inDoubt || isOutOfSequence(code);
          for (const item of lane.queue.splice(0, lane.batch)) {
            outcomes[item.index] = { kind: lane.inDoubt ? 'unknown' : 'failed', ref: item.ref, error };
          }
        }
    }
    lane.batch = 0;
    lane.inDoubt = false;
    return verdict;
  }

  /** A leader has moved or gone: wait a little, then ask where the partitions are. What cannot be learned now is asked again. */
  async function findLeaders(): Promise<void> {
    try {
      await orStopped(delay(retryPauseMs), stop);
      for (const topic of new Set(lanes.map((lane) => lane.topic))) {
        const layout = await cluster.topic(topic, stop);
        for (const lane of lanes) {
          const found = layout.partitions.find((each) => each.partition === lane.partition);
          if (lane.topic === topic && found) lane.leader = found.leader;
        }
      }
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'not_found' && error.code !== 'forbidden')) return;
      // It was deleted, or taken away from this account, while messages were being sent to it.
      for (const lane of lanes.filter((each) => each.topic === error.details['topic'])) {
        doubts ||= lane.inDoubt;
        for (const [index, item] of lane.queue.splice(0).entries()) {
          const unknown = lane.inDoubt && index < lane.batch;
          outcomes[item.index] = {
            kind: unknown ? 'unknown' : 'failed',
            ref: item.ref,
            error: toErrorRecord(error),
          };
        }
      }
      lanes = lanes.filter((lane) => lane.queue.length > 0);
    }
  }

  /** Out of time, or aborted: what is under way may yet arrive, the rest was never sent. */
  function giveUp(lane: Lane): void {
    const error = toErrorRecord(stoppedError(lane.topic));
    doubts ||= lane.inDoubt;
    for (const [index, item] of lane.queue.entries()) {
      const unknown = lane.inDoubt && index < lane.batch;
      outcomes[item.index] = { kind: unknown ? 'unknown' : 'failed', ref: item.ref, error };
    }
  }

  function stoppedError(topic?: string): AppError {
    if (options.signal.aborted || closed) return cancelled();
    const where = topic === undefined ? `connection ${connection}` : `topic ${topic} on connection ${connection}`;
    return new AppError(
      'timed_out',
      `Kafka did not confirm within ${options.timeoutMs} ms for ${where}. Look whether the message arrived before sending it again.`,
      {
        details: { connection, timeoutMs: options.timeoutMs },
      },
    );
  }
}

function nextBatch(queue: readonly Item[]): number {
  let bytes = 0;
  let count = 0;
  for (const item of queue) {
    bytes += item.length;
    if (count > 0 && (bytes > batchBytes || count >= batchRecords)) break;
    count += 1;
  }
  return count;
}
