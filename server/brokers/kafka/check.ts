import { AppError } from '#lib/domain/errors.ts';
import { silence } from '#server/brokers/broker-errors.ts';
import { type BrokerInfo, checkWithinMs } from '#server/brokers/driver.ts';
import { fetchVersions } from '#server/brokers/kafka/fetch-api.ts';
import { createKafkaCluster, type KafkaCluster } from '#server/brokers/kafka/kafka-cluster.ts';
import { errorOfCode, kafkaCode } from '#server/brokers/kafka/kafka-errors.ts';
import type { KafkaSettings } from '#server/brokers/kafka/kafka-settings.ts';

const fetchKey = 1;

export interface KafkaCheck {
  check(signal: AbortSignal): Promise<BrokerInfo>;
  close(): Promise<void>;
}

/** Over a connection of its own: a broker answers one connection's requests in their order, so behind a long fetch this one would wait. */
export function createKafkaCheck(settings: KafkaSettings): KafkaCheck {
  let kept: KafkaCluster | null = null;
  let isClosed = false;

  async function checkOnce(signal: AbortSignal): Promise<BrokerInfo> {
    const cluster = (kept ??= createKafkaCluster(settings));
    const late = AbortSignal.timeout(checkWithinMs);
    try {
      return await ask(cluster, AbortSignal.any([signal, late]));
    } catch (error) {
      // Who did not answer is asked anew: the connection may be one that nobody is at the other end of any more.
      if (kept === cluster) kept = null;
      await cluster.close();
      throw late.aborted && !signal.aborted ? silent(settings) : error;
    }
  }

  async function ask(cluster: KafkaCluster, signal: AbortSignal): Promise<BrokerInfo> {
    const brokers = await cluster.brokerIds(signal);
    if ((await cluster.newestVersion(fetchKey, signal)) < fetchVersions.oldest) {
      throw errorOfCode(kafkaCode.unsupportedVersion, { connection: settings.connection });
    }
    // A broker does not tell its version, only which requests it knows.
    return {
      product: 'Apache Kafka',
      version: null,
      notes: [brokers.length === 1 ? '1 broker' : `${brokers.length} brokers`],
    };
  }

  return {
    async check(signal) {
      try {
        return await checkOnce(signal);
      } catch (error) {
        // A kept connection that broke since the last look says nothing of how things are now.
        if (isClosed || !(error instanceof AppError && error.code === 'interrupted')) throw error;
        return await checkOnce(signal);
      }
    },
    async close() {
      isClosed = true;
      await kept?.close();
    },
  };
}

function silent({ connection, brokers }: KafkaSettings): AppError {
  return new AppError(
    'unreachable',
    silence(`Kafka at ${brokers.join(', ')} (connection ${connection})`, checkWithinMs),
  );
}
