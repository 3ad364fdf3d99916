import { isIP } from 'node:net';
import { Connection, type ConnectionOptions } from '@platformatic/kafka';
import { translateError } from '#server/brokers/kafka/kafka-errors.ts';
import { addressLabel, type KafkaAddress, type KafkaSettings } from '#server/brokers/kafka/kafka-settings.ts';

/** One live connection to each broker. Connects when first asked, and again after a connection broke. */
export interface KafkaConnections {
  /** Throws `unreachable` or `unauthenticated`. */
  to(address: KafkaAddress): Promise<Connection>;
  /** Hangs up on one broker: whatever waits there ends with `interrupted`. */
  drop(address: KafkaAddress): void;
  closeAll(): Promise<void>;
}

interface Slot {
  readonly connection: Connection;
  readonly ready: Promise<Connection>;
}

/**
 * The client's own pool is not used: it takes its only `error` listener away after the first error, and a second one, on a connection
 * that breaks while it is being closed, would end the process (2.12.1, connection-pool.js).
 */
export function createKafkaConnections(settings: KafkaSettings): KafkaConnections {
  const slots = new Map<string, Slot>();

  function open(address: KafkaAddress, key: string): Slot {
    const connection = new Connection(settings.clientId ?? 'redeliver', connectionOptions(settings, address.host));
    // An `error` event without a listener ends the process; those who wait learn of it from their own promise.
    connection.on('error', () => {});
    const forget = () => {
      if (slots.get(key)?.connection === connection) slots.delete(key);
    };
    connection.once('close', forget);
    const ready = Promise.resolve(connection.connect(address.host, address.port)).then(
      () => connection,
      (error: unknown) => {
        forget();
        void connection.close();
        throw translateError(error, 'connecting', { connection: settings.connection, address: key });
      },
    );
    return { connection, ready };
  }

  return {
    async to(address) {
      const key = addressLabel(address);
      let slot = slots.get(key);
      if (!slot || isSpent(slot.connection)) {
        slot = open(address, key);
        slots.set(key, slot);
      }
      return slot.ready;
    },

    drop(address) {
      const key = addressLabel(address);
      const slot = slots.get(key);
      slots.delete(key);
      slot?.connection.socket?.destroy();
    },

    async closeAll() {
      const all = [...slots.values()];
      slots.clear();
      await Promise.all(
        all.map(async ({ connection, ready }) => {
          // Its outcome belongs to whoever asked for the connection; here it must only not go unheard.
          ready.catch(() => {});
          connection.socket?.destroy();
          await connection.close();
        }),
      );
    },
  };
}

function isSpent(connection: Connection): boolean {
  return connection.status === 'closed' || connection.status === 'closing' || connection.status === 'error';
}

function connectionOptions(settings: KafkaSettings, host: string): ConnectionOptions {
  const { sasl, tls } = settings;
  return {
    connectTimeout: settings.connectTimeoutMs ?? 5_000,
    requestTimeout: settings.requestTimeoutMs ?? 15_000,
    // A withheld answer must not keep later requests of others from being sent.
    maxInflights: 64,
    ...(sasl && { sasl: { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password } }),
    ...(tls && {
      tls: {
        ...(tls !== true && tls.ca !== undefined && { ca: tls.ca }),
        ...(tls !== true && tls.cert !== undefined && { cert: tls.cert }),
        ...(tls !== true && tls.key !== undefined && { key: tls.key }),
        ...(tls !== true && tls.rejectUnauthorized !== undefined && { rejectUnauthorized: tls.rejectUnauthorized }),
      },
      // A name for brokers behind one address; TLS forbids to send an address as a name (RFC 6066).
      tlsServerName: (tls !== true && tls.serverName) || isIP(host) === 0,
    }),
  };
}
