import type { IHeaders, KafkaMessage } from 'kafkajs';
import { listenerFailure, type JavaFailure } from '#server/sandbox/services/java-failures.ts';
import { consumerSettings, kafkaClient, kafkaProducer } from '#server/sandbox/services/kafka-client.ts';
import type { ShopService, Tally } from '#server/sandbox/services/service.ts';

export const paymentsTopic = 'payments.payment.captured';
export const paymentsDeadLetterTopic = 'payments.payment.captured.DLT';
export const ledgerGroup = 'ledger-service';

export interface LedgerRelease {
  currencies: readonly string[];
  knownFields: readonly string[];
  /** Bookings that the connection pool lasts for; a settlement run needs more. */
  pool: number;
}

export const brokenLedger: LedgerRelease = {
  currencies: ['EUR', 'USD', 'GBP'],
  knownFields: ['paymentId', 'orderNumber', 'merchant', 'currency', 'amount', 'capturedBy', 'bookings'],
  pool: 10,
};

export const mendedLedger: LedgerRelease = {
  currencies: [...brokenLedger.currencies, 'CHF', 'SEK', 'PLN'],
  knownFields: [...brokenLedger.knownFields, 'instalments'],
  pool: 100,
};

/** Stands for a Spring Boot service: what it writes to its dead-letter topic is what Spring's DeadLetterPublishingRecoverer writes. */
export async function startLedgerService(options: {
  brokers: readonly string[];
  isMended: boolean;
  tally: Tally;
}): Promise<ShopService> {
  const kafka = kafkaClient(options.brokers, 'ledger-service');
  const producer = kafkaProducer(kafka);
  const consumer = kafka.consumer({ groupId: ledgerGroup, ...consumerSettings });
  let release = options.isMended ? mendedLedger : brokenLedger;
  let running = false;

  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: paymentsTopic, fromBeginning: true });
  await consumer.run({
    async eachMessage({ partition, message }) {
      const failure = book(message.value?.toString('utf8') ?? '', release);
      if (failure === null) return options.tally.processed();
      await producer.send({
        topic: paymentsDeadLetterTopic,
        messages: [springDeadLetter(message, partition, failure, Date.now())],
      });
      return options.tally.failed();
    },
  });
  running = true;

  return {
    async setMended(mended) {
      release = mended ? mendedLedger : brokenLedger;
    },
    running: () => running,
    async stop() {
      running = false;
      await consumer.disconnect();
      await producer.disconnect();
    },
  };
}

/**
 * To the same partition of `<topic>.DLT`, with binary numbers in the headers: partition int32, offset and timestamp int64, big-endian
 * (spring-kafka, DeadLetterPublishingRecoverer). The headers of an earlier failure stay before the new ones, as Spring appends them;
 * those of the exception are replaced.
 */
export function springDeadLetter(
  message: Pick<KafkaMessage, 'key' | 'value' | 'headers' | 'offset' | 'timestamp'>,
  partition: number,
  failure: JavaFailure,
  failedAt: number,
): { key: Buffer | null; value: Buffer | null; headers: IHeaders; partition: number; timestamp: string } {
  const origin = {
    'kafka_dlt-original-topic': Buffer.from(paymentsTopic),
    'kafka_dlt-original-partition': int32(partition),
    'kafka_dlt-original-offset': int64(message.offset),
    'kafka_dlt-original-timestamp': int64(message.timestamp),
    'kafka_dlt-original-timestamp-type': Buffer.from('CreateTime'),
    'kafka_dlt-original-consumer-group': Buffer.from(ledgerGroup),
  };
  const earlier = message.headers ?? {};
  const appended = Object.entries(origin).map(([name, value]) => [name, [...valuesOf(earlier[name]), value]]);
  const headers: IHeaders = {
    ...earlier,
    ...Object.fromEntries(appended),
    'kafka_dlt-exception-fqcn': failure.fqcn,
    'kafka_dlt-exception-cause-fqcn': failure.causeFqcn,
    'kafka_dlt-exception-message': failure.message,
    'kafka_dlt-exception-stacktrace': failure.stackTrace,
  };
  return { key: message.key, value: message.value, headers, partition, timestamp: String(failedAt) };
}

/** Books a captured payment; answers the failure that the Java service would have thrown. */
export function book(text: string, release: LedgerRelease): JavaFailure | null {
  const payment: Payment = JSON.parse(text).data;
  const unknown = Object.keys(payment).find((field) => !release.knownFields.includes(field));
  if (unknown !== undefined) return unrecognizedProperty(unknown, release.knownFields.length);
  if (!release.currencies.includes(payment.currency)) return noAccount(payment);
  if (payment.bookings > release.pool) return poolExhausted(release.pool);
  if (payment.capturedBy === 'import') return duplicateKey(payment);
  return null;
}

interface Payment {
  readonly orderNumber: string;
  readonly merchant: string;
  readonly currency: string;
  readonly bookings: number;
  readonly capturedBy: string;
}

function noAccount(payment: Payment): JavaFailure {
  return listenerFailure({
    fqcn: 'com.example.shop.ledger.UnknownAccountException',
    message: `No ledger account for merchant ${payment.merchant} in ${payment.currency}`,
    frames: [
      'com.example.shop.ledger.AccountBook.lambda$accountFor$0(AccountBook.java:41)',
      'java.base/java.util.Optional.orElseThrow(Optional.java:403)',
      'com.example.shop.ledger.AccountBook.accountFor(AccountBook.java:41)',
    ],
  });
}

function poolExhausted(size: number): JavaFailure {
  return listenerFailure({
    fqcn: 'java.sql.SQLTransientConnectionException',
    message: `HikariPool-1 - Connection is not available, request timed out after 30000ms (total=${size}, active=${size}, idle=0, waiting=7)`,
    frames: [
      'com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:686)',
      'com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:179)',
      'com.example.shop.ledger.BookingRepository.saveAll(BookingRepository.java:77)',
    ],
  });
}

function unrecognizedProperty(field: string, known: number): JavaFailure {
  return listenerFailure({
    fqcn: 'com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException',
    message: `Unrecognized field "${field}" (class com.example.shop.ledger.PaymentCaptured), not marked as ignorable (${known} known properties)`,
    frames: [
      'com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException.from(UnrecognizedPropertyException.java:61)',
      'com.fasterxml.jackson.databind.DeserializationContext.handleUnknownProperty(DeserializationContext.java:1153)',
      'com.fasterxml.jackson.databind.ObjectMapper.readValue(ObjectMapper.java:3859)',
    ],
  });
}

function duplicateKey(payment: Payment): JavaFailure {
  return listenerFailure({
    fqcn: 'org.springframework.dao.DuplicateKeyException',
    message: `duplicate key value violates unique constraint "booking_order_number_key": Key (order_number)=(${payment.orderNumber}) already exists.`,
    frames: [
      'org.springframework.jdbc.support.SQLExceptionSubclassTranslator.doTranslate(SQLExceptionSubclassTranslator.java:96)',
      'org.springframework.jdbc.core.JdbcTemplate.update(JdbcTemplate.java:972)',
      'com.example.shop.ledger.BookingRepository.insert(BookingRepository.java:52)',
    ],
  });
}

function valuesOf(value: IHeaders[string]): (Buffer | string)[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(text: string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(text));
  return bytes;
}
