import { AppError } from '#lib/domain/errors.ts';

/** Everything that the Kafka driver needs to know; the configuration is mapped onto it. */
export interface KafkaSettings {
  /** The connection's name, for error messages. */
  readonly connection: string;
  /** Bootstrap addresses, `host:port`; the port may be left out (9092). */
  readonly brokers: readonly string[];
  /** How the brokers see this client in their logs and quotas; `redeliver` by default. */
  readonly clientId?: string;
  readonly sasl?: KafkaSasl;
  /** `true` trusts the system's certificate authorities. */
  readonly tls?: boolean | KafkaTls;
  /** Topic names that hold dead letters: regular expressions, or globs with `*`. Replaces the built-in name patterns. */
  readonly deadLetterPatterns?: readonly (RegExp | string)[];
  /** Dead-letter topics that no name pattern would find. */
  readonly pinnedTopics?: readonly { readonly name: string; readonly origin?: string }[];
  /** How long to wait for a connection and for one answer; 5 s and 15 s by default. */
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  /** Epoch milliseconds, for the time of what is published. */
  readonly clock: () => number;
}

export interface KafkaSasl {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly username: string;
  readonly password: string;
}

export interface KafkaTls {
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  /** `false` accepts any certificate. */
  readonly rejectUnauthorized?: boolean;
}

export interface KafkaAddress {
  readonly host: string;
  readonly port: number;
}

/** `broker:9092`, `broker`, `[::1]:9092`. Throws `invalid_configuration`. */
export function parseAddress(text: string): KafkaAddress {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text.trim());
  const host = match?.groups?.['v6'] ?? match?.groups?.['host'];
  if (host === undefined) {
    throw new AppError('invalid_configuration', `"${text}" is no address of a Kafka broker. Write host:port.`, {
      details: { key: 'brokers' },
    });
  }
  return { host, port: Number(match?.groups?.['port'] ?? 9092) };
}

export function addressLabel(address: KafkaAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
