import { AppError } from '#lib/domain/errors.ts';
import type { QueueCapabilities } from '#lib/domain/queue.ts';

/** What the driver needs to know of one RabbitMQ virtual host. */
export interface RabbitMqSettings {
  /** The connection's name in Redeliver. */
  readonly connection: string;
  /** `amqp://user:password@host:port/vhost`, or `amqps`. */
  readonly url: string;
  /** `http://host:15672`; with credentials of its own, or those of `url`. Without it queues cannot be listed and their limits not seen. */
  readonly managementUrl?: string;
  /** Names that mean "dead letters" (`*` stands for anything, case does not matter); by default the usual ones. */
  readonly deadLetterPatterns?: readonly string[];
  /** Queues that the configuration names. */
  readonly pinnedQueues?: readonly PinnedQueue[];
  /** Bodies that one browse may hold at a time, in bytes; 256 MiB by default. */
  readonly heldBytesMax?: number;
  /** What an earlier process has told of a queue: how often its messages were given back need then not be learned by a read. */
  readonly earlier?: (queue: string) => Promise<QueueCapabilities | null>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

export interface PinnedQueue {
  readonly name: string;
  /** The queue whose failures land in it. */
  readonly origin?: string;
}

/** The settings taken apart; secrets stay in here. */
export interface Endpoint {
  readonly protocol: 'amqp' | 'amqps';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  /** For people and errors: connection name, host and port, without credentials. */
  readonly label: string;
  readonly management: { readonly origin: string; readonly username: string; readonly password: string } | null;
}

/** Throws `invalid_configuration`. */
export function endpointOf(settings: RabbitMqSettings): Endpoint {
  const url = parseUrl(settings.url, 'url', ['amqp:', 'amqps:']);
  const protocol = url.protocol === 'amqps:' ? 'amqps' : 'amqp';
  const port = url.port === '' ? (protocol === 'amqps' ? 5671 : 5672) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const username = url.username === '' ? 'guest' : decodeURIComponent(url.username);
  const password = url.username === '' ? 'guest' : decodeURIComponent(url.password);
  return {
    protocol,
    host,
    port,
    username,
    password,
    vhost: url.pathname.length <= 1 ? '/' : decodeURIComponent(url.pathname.slice(1)),
    label: `RabbitMQ "${settings.connection}" (${host}:${port})`,
    management:
      settings.managementUrl === undefined ? null : managementOf(settings.managementUrl, { username, password }),
  };
}

function managementOf(text: string, login: { username: string; password: string }): Endpoint['management'] {
  const url = parseUrl(text, 'managementUrl', ['http:', 'https:']);
  const path = url.pathname.replace(/\/+$/, '');
  const own = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  return { origin: url.origin + path, ...(url.username === '' ? login : own) };
}

function parseUrl(text: string, key: string, protocols: readonly string[]): URL {
  // The text itself is not repeated: it may hold a password.
  const url = URL.parse(text);
  if (url !== null && url.hostname !== '' && protocols.includes(url.protocol)) return url;
  const expected = protocols.map((protocol) => `${protocol}//`).join(' or ');
  throw new AppError(
    'invalid_configuration',
    `The RabbitMQ setting ${key} is no ${expected} address. Correct it in the configuration.`,
    {
      details: { key },
    },
  );
}
